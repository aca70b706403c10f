// Batches of a dataset artifact as tensors: gathered by index, scaled, and given the shape that the model takes.
import type { Tensor } from '@tensorflow/tfjs-node';
import type { DatasetArtifact, DatasetSplit } from '#formats/dataset-file.ts';
import type { Tensorflow } from '../runtime/load-tensorflow.ts';

export interface Batch {
  /** (count, …model's input shape), float32. */
  readonly inputs: Tensor;
  /** (count), int32. */
  readonly labels: Tensor;
  readonly count: number;
  dispose(): void;
}

export interface Batches {
  readonly samples: number;
  /** Samples `order[from]` … `order[to − 1]`; without an order the samples themselves in their own. */
  gather(from: number, to: number, order?: ArrayLike<number>): Batch;
  labelAt(index: number): number;
}

/** `sampleShape` is the model's input without the batch axis; it must have as many elements as a sample (checked by `fitData`). */
export function openBatches(
  tf: Tensorflow,
  split: DatasetSplit,
  { scale, offset }: Pick<DatasetArtifact, 'scale' | 'offset'>,
  sampleShape: readonly number[],
): Batches {
  const { data } = split.inputs;
  const { labels } = split;
  const size = sampleShape.reduce((product, length) => product * length, 1);
  // A table of the 256 possible values is faster than arithmetic, and gives the same float32 bits.
  const table = data instanceof Uint8Array ? Float32Array.from({ length: 256 }, (_, value) => value * scale + offset) : undefined;

  function fill(target: Float32Array, at: number, start: number): void {
    if (table !== undefined) {
      for (let i = 0; i < size; i++) target[at + i] = table[data[start + i]!]!;
    } else if (scale === 1 && offset === 0) {
      target.set(data.subarray(start, start + size), at);
    } else {
      for (let i = 0; i < size; i++) target[at + i] = data[start + i]! * scale + offset;
    }
  }

  return {
    samples: labels.length,
    labelAt: (index) => labels[index]!,
    gather(from, to, order) {
      const count = to - from;
      const values = new Float32Array(count * size);
      const chosen = new Int32Array(count);
      for (let i = 0; i < count; i++) {
        const index = order === undefined ? from + i : order[from + i]!;
        fill(values, i * size, index * size);
        chosen[i] = labels[index]!;
      }
      const inputs = tf.tensor(values, [count, ...sampleShape], 'float32');
      const answers = tf.tensor1d(chosen, 'int32');
      return {
        inputs,
        labels: answers,
        count,
        dispose: () => {
          tf.dispose([inputs, answers]);
        },
      };
    },
  };
}
