// What a Python script compares: files of a format, each with inputs and the answers that tfjs-layers gives, as raw float32.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { lowerModel } from '#formats/lowering/lower-model.ts';
import { runPlain } from '#formats/lowering/run-plain.ts';
import { ensurePython } from '#main/setup/python-environment.ts';
import type { JsonObject, ModelArtifact } from '#network/model-artifact.ts';
import { predictInTfjs } from '../network/run-in-tfjs.ts';
import { graph, samples, sequence, type SampleNetwork } from '../formats/tflite-sample-networks.ts';

export interface Case {
  readonly name: string;
  /** What the script opens. */
  readonly file: string;
  readonly shape: readonly number[];
  readonly inputs: string;
  readonly expected: string;
}

/** By which runtime, how far from the expected as a share of their range, and how often the largest answer is the same. */
export interface Seen {
  readonly name: string;
  readonly runtime: string;
  readonly apart: number;
  readonly top1: number;
}

/** Grouped convolutions, which tfjs-layers hasn't: their answers are those of the lowered network. */
export const grouped: ModelArtifact = sequence(
  'grouped',
  [7, 7, 4],
  [
    ['Conv2D', { filters: 8, kernel_size: [3, 3], groups: 2, activation: 'relu' }],
    ['Conv2D', { filters: 4, kernel_size: [2, 2], groups: 4, strides: [2, 2] }],
  ],
);

const cell = { units: 5, use_bias: true, activation: 'tanh', recurrent_activation: 'sigmoid' };
const around = (type: string, config: JsonObject): JsonObject => ({ layer: { class_name: type, config } });

/** Layers that are unrolled or taken apart on their way into these formats. */
export const takenApart: Readonly<Record<string, SampleNetwork>> = {
  lstm: {
    shape: [6, 4],
    model: sequence(
      'lstm',
      [6, 4],
      [
        ['LSTM', { ...cell, return_sequences: true }],
        ['LSTM', { ...cell, units: 3 }],
      ],
    ),
  },
  gru: { shape: [6, 4], model: sequence('gru', [6, 4], [['GRU', { ...cell, reset_after: true, return_sequences: true }]]) },
  'both directions': {
    shape: [6, 4],
    model: sequence('both', [6, 4], [['Bidirectional', { ...around('LSTM', { name: 'rnn', ...cell }), merge_mode: 'concat' }]]),
  },
  'every step': {
    shape: [3, 6, 6, 2],
    model: sequence(
      'steps',
      [3, 6, 6, 2],
      [['TimeDistributed', around('Conv2D', { name: 'inner', filters: 3, kernel_size: [3, 3], use_bias: true })]],
    ),
  },
  heads: {
    shape: [6, 4],
    model: graph(
      'heads',
      [6, 4],
      [
        ['mha', 'MultiHeadAttention', ['in', 'in'], { num_heads: 2, key_dim: 3, value_dim: 3, use_bias: true }],
        ['sum', 'Add', ['in', 'mha']],
      ],
    ),
  },
  bilinear: {
    shape: [8, 8, 3],
    model: sequence('bilinear', [8, 8, 3], [['Resizing', { height: 5, width: 11, interpolation: 'bilinear' }]]),
  },
  nearest: { shape: [8, 8, 3], model: sequence('nearest', [8, 8, 3], [['Resizing', { height: 12, width: 5, interpolation: 'nearest' }]]) },
  groups: {
    shape: [5, 5, 4],
    model: sequence('groups', [5, 5, 4], [['GroupNormalization', { groups: 2, axis: -1, epsilon: 0.001, center: true, scale: true }]]),
  },
  separable: {
    shape: [9, 4],
    model: sequence(
      'separable',
      [9, 4],
      [
        ['SeparableConv1D', { filters: 5, kernel_size: [3], padding: 'same' }],
        ['Conv1DTranspose', { filters: 3, kernel_size: [3], strides: [2], padding: 'same' }],
      ],
    ),
  },
};

function answersOf(model: ModelArtifact, shape: readonly number[], inputs: Float32Array): Promise<Float32Array> | Float32Array {
  const size = shape.reduce((product, length) => product * length, 1);
  if (model !== grouped) return predictInTfjs(model, [inputs.length / size, ...shape], inputs);
  const network = lowerModel(model);
  return Float32Array.from(
    Array.from({ length: inputs.length / size }, (_, index) => [
      ...runPlain(network, new Map([[network.inputs[0]!, inputs.subarray(index * size, (index + 1) * size)]])).get(network.outputs[0]!)!,
    ]).flat(),
  );
}

/** Writes samples, 32 if left out, and their answers beside each other. */
export async function makeCase(
  folder: string,
  name: string,
  file: string,
  model: ModelArtifact,
  shape: readonly number[],
  inputs = samples(shape, 32),
): Promise<Case> {
  const write = (path: string, data: Float32Array): string => {
    writeFileSync(path, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    return path;
  };
  const base = join(folder, name.replaceAll(/\W+/g, '-'));
  return {
    name,
    file,
    shape,
    inputs: write(`${base}.inputs`, inputs),
    expected: write(`${base}.expected`, await answersOf(model, shape, inputs)),
  };
}

/** Runs a script of this folder on the cases. */
export async function ask(script: string, folder: string, cases: readonly Case[]): Promise<readonly Seen[]> {
  const python = await ensurePython(resolve(import.meta.dirname, 'requirements.txt'), (line) => console.error(line));
  const manifest = join(folder, `${script}.json`);
  writeFileSync(manifest, JSON.stringify(cases));
  const said = execFileSync(python, [resolve(import.meta.dirname, script), manifest], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 2 ** 26,
  });
  return said
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line): Seen => JSON.parse(line));
}
