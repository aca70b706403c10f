// A small dataset and a small network with all that training has: convolution, batch norm, dropout, a short last batch.
import { join } from 'node:path';
import { writeDatasetFile } from '#formats/dataset-file.ts';
import { writeModelFile } from '#formats/model-file.ts';
import { initialise } from '#network/initialise.ts';
import type { ModelArtifact, Topology } from '#network/model-artifact.ts';
import { createRandom } from '#network/random.ts';

/** 8 × 8 images of three classes: a bright third on the left, in the middle, on the right, in noise. `wrongLabels`: share of labels drawn at random. */
export function writeSmallData(folder: string, counts = { train: 330, validation: 60, test: 90 }, wrongLabels = 0): string {
  const random = createRandom(3, 1);
  const wrong = createRandom(3, 2);
  const split = (count: number) => {
    const labels = Int32Array.from({ length: count }, () => random.below(3));
    const data = Uint8Array.from({ length: count * 64 }, (_, at) => {
      const bright = Math.floor((at % 8) / 3) === labels[Math.floor(at / 64)];
      return Math.floor(random.uniform(0, 120) + (bright ? 60 : 0));
    });
    return {
      inputs: { name: 'inputs', dtype: 'uint8' as const, shape: [count, 8, 8, 1], data },
      labels: labels.map((label) => (wrong.uniform() < wrongLabels ? wrong.below(3) : label)),
    };
  };
  const path = join(folder, 'data.espalier');
  writeDatasetFile(path, {
    summary: {
      name: 'thirds',
      sampleShape: [8, 8, 1],
      classes: ['left', 'middle', 'right'],
      counts,
      balance: [0, 0, 0],
      range: [0, 255],
      credit: null,
    },
    scale: 1 / 255,
    offset: 0,
    splits: { train: split(counts.train), validation: split(counts.validation), test: split(counts.test) },
  });
  return path;
}

export const smallTopology: Topology = {
  class_name: 'Sequential',
  config: {
    name: 'small',
    layers: [
      { class_name: 'InputLayer', config: { name: 'input', batch_input_shape: [null, 8, 8, 1], dtype: 'float32' } },
      {
        class_name: 'Conv2D',
        config: { name: 'conv', filters: 6, kernel_size: [3, 3], strides: [1, 1], padding: 'same', activation: 'linear', use_bias: true },
      },
      { class_name: 'BatchNormalization', config: { name: 'norm', axis: [3], momentum: 0.9, epsilon: 0.001 } },
      { class_name: 'Activation', config: { name: 'relu', activation: 'relu' } },
      { class_name: 'MaxPooling2D', config: { name: 'pool', pool_size: [2, 2], strides: [2, 2], padding: 'valid' } },
      { class_name: 'Flatten', config: { name: 'flatten' } },
      { class_name: 'Dense', config: { name: 'hidden', units: 16, activation: 'relu', use_bias: true } },
      { class_name: 'Dropout', config: { name: 'drop', rate: 0.2 } },
      { class_name: 'Dense', config: { name: 'answer', units: 3, activation: 'softmax', use_bias: true } },
    ],
  },
};

export function smallModel(): ModelArtifact {
  return initialise(smallTopology, 5);
}

export function writeSmallModel(folder: string): string {
  const path = join(folder, 'model.espalier');
  writeModelFile(path, smallModel());
  return path;
}
