// Hands the page's client to the test that drives it.
import { config } from 'zod';
import { connectToStudio } from '../../../src-renderer/client/connect-to-studio.ts';

config({ jitless: true });
Object.assign(window, { connectToStudio });
