// The data of all sides, as Espalier's artifact and as raw arrays for the peers: MNIST, or seeded random images of CIFAR's size.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runImporterTask } from '#main/importer/run-importer-task.ts';
import { readDatasetFile, writeDatasetFile, type DatasetArtifact } from '#formats/dataset-file.ts';
import { createRandom } from '#network/random.ts';
import type { BenchModel } from './models.ts';

/** Raw little-endian files: uint8 pixels (0 to 255, to be divided by 255) and int32 labels, sample after sample. */
export interface RawArrays {
  readonly pixels: string;
  readonly labels: string;
  readonly samples: number;
  readonly shape: readonly number[];
}

export interface BenchData {
  /** A dataset artifact. */
  readonly artifact: string;
  readonly train: RawArrays;
  readonly validation: RawArrays;
  readonly test: RawArrays;
}

export function scratchFolder(): string {
  return mkdtempSync(join(tmpdir(), 'espalier-bench-'));
}

/** `samples`: how many training images; all where there are no more. */
export async function writeData(folder: string, kind: BenchModel['data'], samples = Infinity): Promise<BenchData> {
  const whole = kind === 'mnist' ? await mnist(folder) : randomImages(samples);
  const cut = firstSamples(whole, samples);
  const artifact = join(folder, `${kind}-${cut.summary.counts.train}.data`);
  writeDatasetFile(artifact, cut);
  const raw = (split: 'train' | 'validation' | 'test'): RawArrays => {
    const { inputs, labels } = cut.splits[split];
    const paths = { pixels: `${artifact}.${split}.pixels`, labels: `${artifact}.${split}.labels` };
    writeFileSync(paths.pixels, bytes(inputs.data));
    writeFileSync(paths.labels, bytes(labels));
    return { ...paths, samples: labels.length, shape: cut.summary.sampleShape };
  };
  return { artifact, train: raw('train'), validation: raw('validation'), test: raw('test') };
}

function firstSamples({ splits, summary, ...rest }: DatasetArtifact, samples: number): DatasetArtifact {
  const { inputs, labels } = splits.train;
  const count = Math.min(samples, labels.length);
  const size = inputs.data.length / labels.length;
  const train = {
    inputs: { ...inputs, shape: [count, ...inputs.shape.slice(1)], data: inputs.data.subarray(0, count * size) },
    labels: labels.subarray(0, count),
  };
  return { ...rest, summary: { ...summary, counts: { ...summary.counts, train: count } }, splits: { ...splits, train } };
}

async function mnist(staging: string): Promise<DatasetArtifact> {
  const result = await runImporterTask({ kind: 'dataset', source: 'mnist', staging });
  if (result.kind !== 'dataset') throw new TypeError(result.kind);
  return readDatasetFile(result.artifact.path);
}

function randomImages(samples: number): DatasetArtifact {
  const random = createRandom(1, 0xbe);
  const split = (count: number) => {
    const data = Uint8Array.from({ length: count * 32 * 32 * 3 }, () => random.below(256));
    const labels = Int32Array.from({ length: count }, (_, index) => index % 10);
    return { inputs: { name: 'inputs', shape: [count, 32, 32, 3], dtype: 'uint8' as const, data }, labels };
  };
  const counts = { train: samples, validation: 10, test: 10 };
  return {
    summary: {
      name: 'random images',
      sampleShape: [32, 32, 3],
      classes: Array.from({ length: 10 }, (_, index) => String(index)),
      counts,
      balance: Array.from({ length: 10 }, (_, index) => 2 + Math.floor((samples + 9 - index) / 10)),
      range: [0, 1],
      credit: null,
    },
    scale: 1 / 255,
    offset: 0,
    splits: { train: split(samples), validation: split(10), test: split(10) },
  };
}

function bytes({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
