// A dataset artifact opened for one model: checked against it, and its splits ready to be gathered.
import { statSync, type Stats } from 'node:fs';
import type { LayersModel } from '@tensorflow/tfjs-node';
import type { DatasetSummary } from '#contract/nouns.ts';
import { openDatasetFile, type Scaling, type SplitName } from '#formats/dataset-file.ts';
import type { StoredSamples } from '#formats/stored-samples.ts';
import type { Head } from '../models/training-view.ts';
import type { Tensorflow } from '../runtime/load-tensorflow.ts';
import { openBatches, type Batches } from './batches.ts';
import { fitData } from './fit-data.ts';

export interface OpenData {
  readonly summary: DatasetSummary;
  readonly sampleShape: readonly number[];
  /** Classes that the model tells apart. */
  readonly classes: number;
  readonly train: Batches;
  readonly validation: Batches;
  readonly test: Batches;
}

/** @throws StudioError `not-found`, `damaged-file`, `wrong-shape`, `wrong-labels`, `unsupported` */
export function openData(tf: Tensorflow, path: string, model: LayersModel, head: Head): OpenData {
  const { summary, scaling, splits } = openOnce(path);
  const { sampleShape, classes } = fitData(model, head, { summary, splits });
  const open = (split: SplitName) => openBatches(tf, splits[split], scaling, sampleShape);
  return { summary, sampleShape, classes, train: open('train'), validation: open('validation'), test: open('test') };
}

interface Opened {
  readonly summary: DatasetSummary;
  readonly scaling: Scaling;
  readonly splits: { readonly [split in SplitName]: StoredSamples };
}

const opened = new Map<string, Opened>();

/** A job opens its data several times, for training and for each score: they are verified and read once, and stay open as long as the process. */
function openOnce(path: string): Opened {
  const { size, mtimeMs, ino } = status(path);
  const key = `${path} ${size} ${mtimeMs} ${ino}`;
  const known = opened.get(key);
  if (known !== undefined) return known;
  const file = openDatasetFile(path);
  try {
    file.verify();
    const { summary, scale, offset, reversed } = file;
    const splits = { train: file.samples('train'), validation: file.samples('validation'), test: file.samples('test') };
    const fresh = { summary, scaling: { scale, offset, ...(reversed === undefined ? {} : { reversed }) }, splits };
    opened.set(key, fresh);
    return fresh;
  } catch (thrown) {
    file.close();
    throw thrown;
  }
}

/** An absent file is told by `openDatasetFile`. */
function status(path: string): Partial<Stats> {
  try {
    return statSync(path);
  } catch {
    return {};
  }
}
