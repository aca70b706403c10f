// A dataset artifact opened for one model: checked against it, and its splits ready to be gathered.
import type { LayersModel } from '@tensorflow/tfjs-node';
import type { DatasetSummary } from '#contract/nouns.ts';
import { readDatasetFile } from '#formats/dataset-file.ts';
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
  const artifact = readDatasetFile(path);
  const { sampleShape, classes } = fitData(model, head, artifact);
  const { train, validation, test } = artifact.splits;
  const open = (split: typeof train) => openBatches(tf, split, artifact, sampleShape);
  return { summary: artifact.summary, sampleShape, classes, train: open(train), validation: open(validation), test: open(test) };
}
