// Datasets as canonical artifacts: a tensor file of kind `dataset`, its splits readable one by one.
import { z } from 'zod';
import type { StagedArtifact } from '#contract/engine-messages.ts';
import { StudioError } from '#contract/errors.ts';
import { DatasetSummary } from '#contract/nouns.ts';
import type { NamedTensor } from '#network/model-artifact.ts';
import type { Labels } from './data/labels.ts';
import { samplesInFile, samplesInMemory, type StoredSamples } from './stored-samples.ts';
import { openTensorFile, type OpenTensorFile } from './tensor-file/open-tensor-file.ts';
import { writeTensorFile, type StreamedTensor } from './tensor-file/write-tensor-file.ts';

export const splitNames = ['train', 'validation', 'test'] as const;
export type SplitName = (typeof splitNames)[number];

export interface DatasetSplit {
  /** (N, …sample shape), uint8 or float32. */
  readonly inputs: NamedTensor;
  /** (N): the class of each sample; or (N, targets), the numbers wanted of it. */
  readonly labels: Labels;
}

/** One number for all values, or one for each channel: each entry of a sample's last axis. */
const PerChannel = z.union([z.number(), z.array(z.number()).min(1)]);
const Content = z.object({
  summary: DatasetSummary,
  scale: PerChannel,
  offset: PerChannel,
  /** Channels go in the other way round, blue first; scale and offset count as they go in. */
  reversed: z.boolean().optional(),
});
/** What a model is fed is `stored value · scale + offset`: 1/255 and 0 for uint8 images, 1 and 0 otherwise. */
export type Scaling = Omit<z.infer<typeof Content>, 'summary'>;

export interface DatasetArtifact extends Scaling {
  readonly summary: DatasetSummary;
  readonly splits: { readonly [split in SplitName]: DatasetSplit };
}

/** A dataset that is never in memory as a whole: its inputs come in pieces, in the order of the labels. */
export interface StreamedDataset extends Scaling {
  readonly summary: DatasetSummary;
  readonly splits: { readonly [split in SplitName]: { readonly inputs: StreamedTensor; readonly labels: Labels } };
}

/** @throws StudioError `bad-input`, `disk-full`, `disk-error`. */
export function writeDatasetFile(path: string, { splits, ...content }: DatasetArtifact | StreamedDataset): StagedArtifact {
  const tensors = splitNames.flatMap((split): (NamedTensor | StreamedTensor)[] => {
    const { inputs, labels } = splits[split];
    const name = `${split}/labels`;
    const targets = content.summary.targets?.length ?? 1;
    return [
      { ...inputs, name: `${split}/inputs` },
      labels instanceof Int32Array
        ? { name, dtype: 'int32', shape: [labels.length], data: labels }
        : { name, dtype: 'float32', shape: [labels.length / targets, targets], data: labels },
    ];
  });
  return writeTensorFile(path, { kind: 'dataset', content, tensors });
}

export interface OpenDataset extends Scaling {
  readonly summary: DatasetSummary;
  /** The split's samples: in memory where the whole set takes at most `memoryBytes`, else fetched as they are asked for, until `close`. */
  samples(name: SplitName): StoredSamples;
  split(name: SplitName): DatasetSplit;
  /** Samples `from` up to but without `to`. */
  rows(name: SplitName, from: number, to: number): DatasetSplit;
  labels(name: SplitName, from: number, to: number): Labels;
  /** Checks the sha256 of the whole file. */
  verify(): void;
  verifyInSteps(): Iterable<void>;
  close(): void;
}

/** Sets up to this size are read as a whole: no system call then stands between a batch and its samples. */
const memoryBytes = 256 * 1024 * 1024;

/** Reads the header only; splits follow as they are asked for. @throws StudioError as `readDatasetFile` does. */
export function openDatasetFile(path: string): OpenDataset {
  const file = openTensorFile(path);
  try {
    const content = describe(file, path);
    const numbers = content.summary.targets !== undefined;
    const labels = (split: SplitName, from: number, to: number): Labels => {
      const { data } = file.readRows(`${split}/labels`, from, to);
      if (numbers ? data instanceof Float32Array : data instanceof Int32Array) return data as Labels;
      throw new StudioError('damaged-file', `The labels of ${split} are no ${numbers ? 'floating-point' : 'whole'} numbers.`, {
        where: path,
      });
    };
    const rows = (split: SplitName, from: number, to: number): DatasetSplit => ({
      inputs: { ...file.readRows(`${split}/inputs`, from, to), name: 'inputs' },
      labels: labels(split, from, to),
    });
    const whole = file.entries.reduce((sum, { bytes }) => sum + bytes, 0) <= memoryBytes;
    const samples = (name: SplitName): StoredSamples =>
      whole
        ? samplesInMemory(rows(name, 0, content.summary.counts[name]))
        : samplesInFile(file, `${name}/inputs`, labels(name, 0, content.summary.counts[name]));
    return {
      ...content,
      samples,
      rows,
      labels,
      split: (name) => rows(name, 0, content.summary.counts[name]),
      verify: () => file.verify(),
      verifyInSteps: () => file.verifyInSteps(),
      close: () => file.close(),
    };
  } catch (thrown) {
    file.close();
    throw thrown;
  }
}

/** @throws StudioError `not-found`, `disk-error`, `damaged-file`; `not-a-dataset` where the artifact is of another kind. */
export function readDatasetFile(path: string): DatasetArtifact {
  const file = openDatasetFile(path);
  try {
    file.verify();
    const { summary, scale, offset, reversed } = file;
    return {
      summary,
      scale,
      offset,
      ...(reversed === undefined ? {} : { reversed }),
      splits: { train: file.split('train'), validation: file.split('validation'), test: file.split('test') },
    };
  } finally {
    file.close();
  }
}

function describe(file: OpenTensorFile, path: string): z.infer<typeof Content> {
  if (file.kind !== 'dataset')
    throw new StudioError('not-a-dataset', `This artifact holds a ${file.kind}, not a dataset.`, { where: path });
  const content = Content.safeParse(file.content);
  if (!content.success) throw new StudioError('damaged-file', "The dataset's description is incomplete.", { where: path });
  for (const split of splitNames) {
    const lengths = ['inputs', 'labels'].map((part) => file.entries.find(({ name }) => name === `${split}/${part}`)?.shape[0]);
    if (lengths.some((length) => length !== content.data.summary.counts[split])) {
      throw new StudioError('damaged-file', `The ${split} split does not hold as many samples as the dataset's description says.`, {
        where: path,
      });
    }
  }
  return content.data;
}
