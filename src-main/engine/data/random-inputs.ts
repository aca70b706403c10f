// Inputs made of seeded random numbers, for latency and for comparing two networks where there are no data.
import type { Tensor } from '@tensorflow/tfjs-node';
import type { Tensorflow } from '../runtime/load-tensorflow.ts';

/** A free axis (an image of any size) is given this length. */
const FREE_AXIS = 32;

/** (count, …shape) uniform in [0, 1), the range of scaled images; the same for the same seed. */
export function randomInputs(tf: Tensorflow, shape: readonly (number | null)[], count: number, seed: number): Tensor {
  const sizes = [count, ...shape.map((size) => size ?? FREE_AXIS)];
  const values = new Float32Array(sizes.reduce((product, size) => product * size, 1));
  for (let i = 0; i < values.length; i++) values[i] = unit(seed, i);
  return tf.tensor(values, sizes, 'float32');
}

/** The finaliser of MurmurHash3 over seed and counter: a number in [0, 1) of 24 bits, all of which a float32 holds. */
function unit(seed: number, counter: number): number {
  let hash = Math.imul(counter ^ 0x9e3779b9, 0x85ebca6b) ^ seed;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 8) / 2 ** 24;
}
