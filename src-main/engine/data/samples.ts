// Samples of one of a network's inputs as plain numbers, which every runtime takes.
import type { Tensor } from '@tensorflow/tfjs-node';
import type { Tensorflow } from '../runtime/load-tensorflow.ts';

export interface Samples {
  /** (count, …). */
  readonly shape: readonly number[];
  /** Row-major. */
  readonly data: Float32Array;
}

/** The caller's to dispose of. */
export function tensorsOf(tf: Tensorflow, samples: readonly Samples[]): Tensor[] {
  return samples.map(({ shape, data }) => tf.tensor(data, [...shape], 'float32'));
}
