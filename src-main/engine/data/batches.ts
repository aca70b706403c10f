// Batches of a dataset artifact as tensors: fetched by index, scaled, and given the shape that the model takes.
import type { Tensor } from '@tensorflow/tfjs-node';
import type { DatasetSplit, Scaling } from '#formats/dataset-file.ts';
import { samplesInMemory, type StoredSamples } from '#formats/stored-samples.ts';
import type { TensorData, TensorDtype } from '#network/model-artifact.ts';
import type { Tensorflow } from '../runtime/load-tensorflow.ts';

export interface Batch {
  /** (count, …model's input shape), float32. */
  readonly inputs: Tensor;
  /** (count), int32: classes; or (count, targets), float32: the numbers wanted. */
  readonly labels: Tensor;
  readonly count: number;
  dispose(): void;
}

export interface Batches {
  readonly samples: number;
  /** Samples `order[from]` … `order[to − 1]`; without an order the samples themselves in their own. */
  gather(from: number, to: number, order?: ArrayLike<number>): Batch;
  /** Of a sample with a class. */
  labelAt(index: number): number;
}

/** `sampleShape` is the model's input without the batch axis; it must have as many elements as a sample (checked by `fitData`). */
export function openBatches(
  tf: Tensorflow,
  source: StoredSamples | DatasetSplit,
  scaling: Scaling,
  sampleShape: readonly number[],
): Batches {
  const stored = 'fetch' in source ? source : samplesInMemory(source);
  const { labels, samples } = stored;
  const width = labels instanceof Float32Array ? labels.length / Math.max(samples, 1) : 0;
  const size = sampleShape.reduce((product, length) => product * length, 1);
  const fill = fillerFor(stored.dtype, scaling, size);
  return {
    samples,
    labelAt: (index) => labels[index]!,
    gather(from, to, order) {
      const count = to - from;
      const values = new Float32Array(count * size);
      const chosen = width === 0 ? new Int32Array(count) : new Float32Array(count * width);
      const { data, start } = stored.fetch(from, to, order);
      for (let i = 0; i < count; i++) {
        fill(values, i * size, data, start(i));
        const index = order === undefined ? from + i : order[from + i]!;
        if (width === 0) chosen[i] = labels[index]!;
        else for (let target = 0; target < width; target++) chosen[i * width + target] = labels[index * width + target]!;
      }
      const inputs = tf.tensor(values, [count, ...sampleShape], 'float32');
      const answers = width === 0 ? tf.tensor1d(chosen, 'int32') : tf.tensor2d(chosen, [count, width], 'float32');
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

type Filler = (target: Float32Array, at: number, data: TensorData, start: number) => void;

/** Copies one sample, scaled. A table of a byte's 256 values is faster than arithmetic, and gives the same float32 bits. */
function fillerFor(dtype: TensorDtype, { scale, offset, reversed = false }: Scaling, size: number): Filler {
  const channels = Math.max(...[scale, offset].map((each) => (typeof each === 'number' ? 1 : each.length)));
  const from = Array.from({ length: channels }, (_, channel) => (reversed ? channels - 1 - 2 * channel : 0));
  const scales = Array.from({ length: channels }, (_, channel) => (typeof scale === 'number' ? scale : scale[channel]!));
  const offsets = Array.from({ length: channels }, (_, channel) => (typeof offset === 'number' ? offset : offset[channel]!));
  const [one, none] = [scales[0]!, offsets[0]!];
  if (dtype === 'uint8') {
    const tables = scales.map((each, channel) => Float32Array.from({ length: 256 }, (_, value) => value * each + offsets[channel]!));
    if (channels > 1)
      return (target, at, data, start) => {
        for (let i = 0; i < size; i++) target[at + i] = tables[i % channels]![data[start + i + from[i % channels]!]!]!;
      };
    const [table] = tables;
    return (target, at, data, start) => {
      for (let i = 0; i < size; i++) target[at + i] = table![data[start + i]!]!;
    };
  }
  if (channels === 1 && one === 1 && none === 0) return (target, at, data, start) => target.set(data.subarray(start, start + size), at);
  return (target, at, data, start) => {
    for (let i = 0; i < size; i++) target[at + i] = data[start + i + from[i % channels]!]! * scales[i % channels]! + offsets[i % channels]!;
  };
}
