// A dataset artifact opened for one model: checked against it, and its splits ready to be gathered.
import { statSync } from 'node:fs';
import type { LayersModel } from '@tensorflow/tfjs-node';
import type { DatasetSummary } from '#contract/nouns.ts';
import { openDatasetFile, type OpenDataset, type Scaling, type SplitName } from '#formats/dataset-file.ts';
import type { StoredSamples } from '#formats/stored-samples.ts';
import type { Interruption } from '../interruption.ts';
import type { Head } from '../models/training-view.ts';
import type { Tensorflow } from '../runtime/load-tensorflow.ts';
import { openBatches, type Batches } from './batches.ts';
import { fitData } from './fit-data.ts';

export interface OpenData {
  readonly summary: DatasetSummary;
  readonly sampleShape: readonly number[];
  /** Classes that the model tells apart; 0 where it answers with numbers. */
  readonly classes: number;
  /** Numbers that it is to answer with; 0 where it tells classes apart. */
  readonly targets: number;
  readonly train: Batches;
  readonly validation: Batches;
  readonly test: Batches;
}

/** @throws StudioError `not-found`, `damaged-file`, `wrong-shape`, `wrong-labels`, `unsupported` */
export function openData(tf: Tensorflow, path: string, model: LayersModel, head: Head): OpenData {
  const { summary, scaling, splits } = openOnce(path);
  const { sampleShape, classes, targets } = fitData(model, head, { summary, splits });
  const open = (split: SplitName) => openBatches(tf, splits[split], scaling, sampleShape);
  return { summary, sampleShape, classes, targets, train: open('train'), validation: open('validation'), test: open('test') };
}

interface Opened {
  readonly summary: DatasetSummary;
  readonly scaling: Scaling;
  readonly splits: { readonly [split in SplitName]: StoredSamples };
}

const opened = new Map<string, Opened>();

/**
 * Verifies a set before it is opened, and breathes meanwhile: the checksum of gigabytes takes seconds in which the engine would seem dead.
 * @throws StudioError `damaged-file`; Interrupted
 */
export async function verifyData(path: string, interruption: Interruption): Promise<void> {
  const key = keyOf(path);
  if (opened.has(key)) return;
  const file = openDatasetFile(path);
  try {
    for (const _ of file.verifyInSteps()) await interruption.breathe();
    opened.set(key, keep(file));
  } catch (thrown) {
    file.close();
    throw thrown;
  }
}

/** A job opens its data several times, for training and for each score: they are verified and read once, and stay open as long as the process. */
function openOnce(path: string): Opened {
  const key = keyOf(path);
  const known = opened.get(key);
  if (known !== undefined) return known;
  const file = openDatasetFile(path);
  try {
    file.verify();
    const fresh = keep(file);
    opened.set(key, fresh);
    return fresh;
  } catch (thrown) {
    file.close();
    throw thrown;
  }
}

function keep(file: OpenDataset): Opened {
  const { summary, scale, offset, reversed } = file;
  return {
    summary,
    scaling: { scale, offset, ...(reversed === undefined ? {} : { reversed }) },
    splits: { train: file.samples('train'), validation: file.samples('validation'), test: file.samples('test') },
  };
}

/** An absent file is told by `openDatasetFile`. */
function keyOf(path: string): string {
  try {
    const { size, mtimeMs, ino } = statSync(path);
    return `${path} ${size} ${mtimeMs} ${ino}`;
  } catch {
    return path;
  }
}
