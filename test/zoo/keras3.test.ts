// The part of the zoo that comes from Keras 3.
import { runZoo } from './run-zoo.ts';

runZoo('Keras 3', 'keras3');
