// Inputs made of seeded random numbers, for latency and for comparing two networks where there are no data.
import type { Tensor } from '@tensorflow/tfjs-node';
import { createRandom } from '#network/random.ts';
import type { Tensorflow } from '../runtime/load-tensorflow.ts';

/** A free axis (an image of any size) is given this length. */
const FREE_AXIS = 32;
/** Apart from the streams of initialisation and shuffling. */
const STREAM = 0x1e57;

/** (count, …shape) uniform in [0, 1), the range of scaled images; the same for the same seed. */
export function randomInputs(tf: Tensorflow, shape: readonly (number | null)[], count: number, seed: number): Tensor {
  const sizes = [count, ...shape.map((size) => size ?? FREE_AXIS)];
  const random = createRandom(seed, STREAM);
  const values = Float32Array.from({ length: sizes.reduce((product, size) => product * size, 1) }, () => random.uniform());
  return tf.tensor(values, sizes, 'float32');
}
