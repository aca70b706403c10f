// The page's beginning.
import './without-eval.ts';
import { connectToStudio } from './client/connect-to-studio.ts';
import { mountPage } from './mount-page.ts';

const target = document.getElementById('app');
if (target !== null) mountPage(connectToStudio, target);
