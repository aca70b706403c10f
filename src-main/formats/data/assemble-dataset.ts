// From a source's parts to a dataset artifact: surveyed, split, described, and written piece by piece.
import { relevantTo, splitShares, type DataOptions, type ImportReport } from '#contract/data-options.ts';
import type { StagedArtifact } from '#contract/engine-messages.ts';
import type { DatasetSummary, Target } from '#contract/nouns.ts';
import { splitNames, writeDatasetFile, type SplitName } from '../dataset-file.ts';
import { refusal, type Place } from '../refusal.ts';
import { withChannelsLast } from './channels-last.ts';
import { datasetWarnings, unscaled } from './dataset-warnings.ts';
import { drawSplits } from './draw-splits.ts';
import type { Labels } from './labels.ts';
import { rowLength } from './rows.ts';
import { scalingFor } from './scaling.ts';
import type { SourceDataset, SourcePart } from './source-dataset.ts';
import { countDuplicates, surveyPart, type PartSurvey } from './survey-samples.ts';

interface Chosen {
  readonly part: SourcePart;
  readonly survey: PartSurvey;
  /** Ascending. */
  readonly indices: Uint32Array;
}

export interface Assembled {
  readonly summary: DatasetSummary;
  readonly artifact: StagedArtifact;
}

/** `tell` hears the share done, from 0 to 1. @throws StudioError `wrong-shape`, `not-a-dataset`, `wrong-labels`, `disk-full`, `disk-error`. */
export function assembleDataset(given: SourceDataset, options: DataOptions, path: string, tell: (share: number) => void): Assembled {
  const source = withChannelsLast(given, options);
  const parts = Object.values(source.parts);
  const first = checkParts(source);
  if (options.task === 'regression' && source.targets === undefined)
    throw refusal(
      'unsupported',
      first.place,
      'Its labels are classes: numbers to be answered are read from CSV, .npy, .npz and from a table beside images.',
      'Save the samples and their numbers as x and y in an .npz, or leave --task out.',
    );
  const total = parts.reduce((sum, { rows }) => sum + rows.count, 0);
  let done = 0;
  const step = (rows: number): void => tell((done += rows) / (2 * total));
  const surveys = new Map(parts.map((part) => [part, surveyPart(part, step)]));
  const splits = chooseSplits(source, surveys, options);

  const sampleShape = first.rows.shape.length === 2 ? [...first.rows.shape, 1] : [...first.rows.shape];
  const labels = Object.fromEntries(
    splitNames.map((split) => [split, labelsAt(splits[split].part.labels, splits[split].indices, source.targets?.length ?? 1)]),
  ) as { [split in SplitName]: Labels };
  const low = Math.min(...[...surveys.values()].map((survey) => survey.low));
  const high = Math.max(...[...surveys.values()].map((survey) => survey.high));
  const { range, ...scaling } = scalingFor(options.range, { pixels: first.rows.pixels, low, high, sampleShape }, first.place);
  const { targets } = source;
  const balance = targets === undefined ? balanceOf(labels, source.classes, first.place) : [];
  const classes = source.classes ?? balance.map((_, index) => String(index));
  const counted = parts.every((part) => surveys.get(part)?.prints != null);
  const duplicates = counted ? countDuplicates(mapSplits((split) => printsOf(splits[split]))) : null;
  const report: ImportReport = {
    format: source.format,
    options: relevantTo(source.format, options),
    given: splitNames.filter((split) => source.parts[split] !== undefined),
    duplicates: duplicates === null ? null : { train: duplicates.train, validation: duplicates.validation, test: duplicates.test },
    features: [...source.features],
    warnings: [
      ...source.warnings,
      ...(options.range === undefined ? unscaled(first.rows, low, high) : []),
      ...datasetWarnings({ balance, classes, labels, duplicates, targets: targets?.length ?? 0 }),
    ],
  };
  const summary: DatasetSummary = {
    name: source.name,
    sampleShape,
    classes: [...classes],
    ...(targets === undefined ? {} : { targets: describeTargets(targets, labels) }),
    counts: mapSplits((split) => splits[split].indices.length),
    balance,
    range,
    credit: source.credit,
    report,
  };
  const dtype = first.rows.dtype === 'uint8' ? ('uint8' as const) : ('float32' as const);
  const artifact = writeDatasetFile(path, {
    summary,
    ...scaling,
    splits: mapSplits((split) => ({
      labels: labels[split],
      inputs: {
        name: 'inputs',
        dtype,
        shape: [splits[split].indices.length, ...sampleShape],
        pieces: () => gathered(splits[split], dtype, step),
      },
    })),
  });
  return { summary, artifact };
}

/** The labels of these samples: a class each, or `width` numbers. */
function labelsAt(labels: Labels, indices: Uint32Array, width: number): Labels {
  if (labels instanceof Int32Array) return Int32Array.from(indices, (index) => labels[index]!);
  const chosen = new Float32Array(indices.length * width);
  indices.forEach((index, at) => chosen.set(labels.subarray(index * width, (index + 1) * width), at * width));
  return chosen;
}

/** Over all splits, each target by itself. */
function describeTargets(names: readonly string[], labels: { readonly [split in SplitName]: Labels }): Target[] {
  return names.map((name, target) => {
    let [low, high, sum, squares, count] = [Infinity, -Infinity, 0, 0, 0];
    for (const split of splitNames) {
      for (let at = target; at < labels[split].length; at += names.length) {
        const value = labels[split][at]!;
        low = Math.min(low, value);
        high = Math.max(high, value);
        sum += value;
        squares += value * value;
        count++;
      }
    }
    const mean = sum / Math.max(count, 1);
    return { name, low, high, mean, deviation: Math.sqrt(Math.max(0, squares / Math.max(count, 1) - mean * mean)) };
  });
}

function mapSplits<T>(make: (split: SplitName) => T): { [split in SplitName]: T } {
  return { train: make('train'), validation: make('validation'), test: make('test') };
}

/** The part that the others are measured by. */
function checkParts({ parts }: SourceDataset): SourcePart {
  const named = Object.entries(parts);
  const first = parts.train ?? parts.all;
  if (first === undefined) throw refusal('not-a-dataset', { file: 'dataset' }, 'It has no samples to train on.');
  for (const [name, { rows, place: labels, inputs: place = labels }] of named) {
    if (rows.shape.length < 1 || rows.shape.length > 4 || rows.count < 1 || rowLength(rows) === 0)
      throw refusal(
        'wrong-shape',
        place,
        `Inputs of shape (${[rows.count, ...rows.shape].join(', ')}) are no samples.`,
        'Save them as (N, features) or (N, height, width[, channels]).',
      );
    if (rows.dtype !== first.rows.dtype || rows.shape.join() !== first.rows.shape.join())
      throw refusal(
        'wrong-shape',
        place,
        `Samples of ${name} are ${rows.dtype} (${rows.shape.join(', ')}), those of train ${first.rows.dtype} (${first.rows.shape.join(', ')}).`,
        'Save all splits with one shape and one dtype.',
      );
  }
  return first;
}

function chooseSplits(
  { parts, heldOut }: SourceDataset,
  surveys: ReadonlyMap<SourcePart, PartSurvey>,
  options: DataOptions,
): { [split in SplitName]: Chosen } {
  const shares = splitShares(options);
  const take = (part: SourcePart, indices?: Uint32Array): Chosen => ({
    part,
    survey: surveys.get(part)!,
    indices: indices ?? Uint32Array.from({ length: part.rows.count }, (_, index) => index),
  });
  const { all, train, validation, test } = parts;
  if (all !== undefined) {
    const drawn = drawSplits(strataOf(all), shares, options.splitSeed);
    checkEnough(drawn, all.place);
    return mapSplits((split) => take(all, drawn[split]));
  }
  if (train === undefined) throw refusal('not-a-dataset', { file: 'dataset' }, 'It has no samples to train on.');
  if (test !== undefined && validation !== undefined) return { train: take(train), validation: take(validation), test: take(test) };
  if (test !== undefined && heldOut !== undefined && options.split === undefined) {
    const kept = train.rows.count - heldOut;
    const whole = take(train).indices;
    return { train: take(train, whole.subarray(0, kept)), validation: take(train, whole.subarray(kept)), test: take(test) };
  }
  // The missing ones come out of train, in the shares that they have among themselves.
  const missing = { validation: validation === undefined ? shares.validation : 0, test: test === undefined ? shares.test : 0 };
  const sum = shares.train + missing.validation + missing.test;
  const drawn = drawSplits(
    strataOf(train),
    { train: shares.train / sum, validation: missing.validation / sum, test: missing.test / sum },
    options.splitSeed,
  );
  if (test === undefined) checkEnough(drawn, train.place);
  return {
    train: take(train, drawn.train),
    validation: validation === undefined ? take(train, drawn.validation) : take(validation),
    test: test === undefined ? take(train, drawn.test) : take(test),
  };
}

/** Where there are no classes to be parted alike, all samples are of one kind. */
function strataOf({ labels, rows }: SourcePart): Int32Array {
  return labels instanceof Int32Array ? labels : new Int32Array(rows.count);
}

function checkEnough({ train, test }: { readonly train: Uint32Array; readonly test: Uint32Array }, place: Place): void {
  if (train.length > 0 && test.length > 0) return;
  throw refusal(
    'not-a-dataset',
    place,
    `${train.length + test.length} samples leave ${train.length} to train on and ${test.length} to test with.`,
    'Give more samples, or other shares for the splits.',
  );
}

/** Samples of each class, all splits together. @throws StudioError `wrong-labels` where a label has no name. */
function balanceOf(labels: { readonly [split in SplitName]: Labels }, classes: readonly string[] | null, place: Place): number[] {
  const all = splitNames.map((split) => labels[split]);
  let largest = -1;
  for (const each of all) for (const label of each) largest = Math.max(largest, label);
  if (classes !== null && largest >= classes.length)
    throw refusal('wrong-labels', place, `A label is ${largest}, but there are only ${classes.length} classes.`);
  const balance = new Array<number>(classes?.length ?? largest + 1).fill(0);
  for (const each of all) for (const label of each) balance[label] = balance[label]! + 1;
  return balance;
}

function* printsOf({ part, survey, indices }: Chosen): Iterable<{ print: number; label: number }> {
  // Of numbers it is left open whether they contradict each other.
  const classes = part.labels instanceof Int32Array ? part.labels : undefined;
  for (const index of indices) yield { print: survey.prints![index]!, label: classes?.[index] ?? 0 };
}

/** The chosen rows in pieces; neighbours are read together. */
function* gathered({ part: { rows }, indices }: Chosen, dtype: 'uint8' | 'float32', tell: (rows: number) => void) {
  const size = rowLength(rows);
  const most = Math.max(1, Math.floor((8 * 1024 * 1024) / size));
  for (let from = 0; from < indices.length; from += most) {
    const count = Math.min(most, indices.length - from);
    const piece = dtype === 'uint8' ? new Uint8Array(count * size) : new Float32Array(count * size);
    for (let at = 0; at < count;) {
      const start = indices[from + at]!;
      let run = 1;
      while (at + run < count && indices[from + at + run] === start + run) run++;
      piece.set(rows.read(start, start + run), at * size);
      at += run;
    }
    yield piece;
    tell(count);
  }
}
