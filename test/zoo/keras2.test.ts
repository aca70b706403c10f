// The part of the zoo that comes from Keras 2.
import { runZoo } from './run-zoo.ts';

runZoo('Keras 2', 'keras2');
