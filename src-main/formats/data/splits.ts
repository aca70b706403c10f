// From inputs and labels as files hold them to a dataset with three splits, counted and described.
import type { DatasetArtifact, DatasetSplit } from '../dataset-file.ts';
import type { NumericArray } from '../numeric-array.ts';
import { refusal, type Place } from '../refusal.ts';
import { readLabels } from './labels.ts';

export interface RawSplit {
  readonly inputs: NumericArray;
  readonly labels: NumericArray;
  readonly place: Place;
}
export interface RawDataset {
  readonly name: string;
  readonly credit: string | null;
  readonly train: RawSplit;
  readonly test: RawSplit;
  /** Where absent, the last samples of train are taken. */
  readonly validation?: RawSplit | undefined;
  /** How many of train become the validation split where none is given. */
  readonly heldOut?: number | undefined;
}

/**
 * Validation, where the source has none, is the last `heldOut` samples of train (a tenth if not said): always the same ones, whatever the seed.
 * Images of rank 2 get a channel axis: (N, 28, 28) → (N, 28, 28, 1). uint8 inputs keep their bytes and are scaled by 1/255 as they are fed.
 * @throws StudioError `wrong-shape`, `wrong-labels`, `not-a-dataset`.
 */
export function toDataset({ name, credit, train, test, validation, heldOut }: RawDataset): DatasetArtifact {
  const whole = split(train);
  const kept = validation === undefined ? whole.labels.length - (heldOut ?? Math.floor(whole.labels.length / 10)) : whole.labels.length;
  if (kept < 1 || kept > whole.labels.length)
    throw refusal('not-a-dataset', train.place, `${whole.labels.length} training samples are too few to hold some back for validation.`);
  const splits = {
    train: validation === undefined ? slice(whole, 0, kept) : whole,
    validation: validation === undefined ? slice(whole, kept, whole.labels.length) : split(validation),
    test: split(test),
  };
  const {
    shape: [, ...sampleShape],
    dtype,
  } = splits.train.inputs;
  const places = { train: train.place, validation: validation?.place ?? train.place, test: test.place };
  for (const part of ['validation', 'test'] as const) {
    const { inputs } = splits[part];
    if (inputs.dtype !== dtype || inputs.shape.slice(1).join() !== sampleShape.join()) {
      throw refusal(
        'wrong-shape',
        places[part],
        `Samples of ${part} are ${inputs.dtype} (${inputs.shape.slice(1).join(', ')}), those of train ${dtype} (${sampleShape.join(', ')}).`,
        'Save all splits with one shape and one dtype.',
      );
    }
  }
  const all = [splits.train, splits.validation, splits.test];
  const classes = 1 + all.reduce((largest, { labels }) => labels.reduce((most, label) => Math.max(most, label), largest), -1);
  const balance = Array.from({ length: classes }, () => 0);
  for (const { labels } of all) for (const label of labels) balance[label] = balance[label]! + 1;
  return {
    summary: {
      name,
      sampleShape,
      classes: balance.map((_, index) => String(index)),
      balance,
      range: range(all, train.place),
      credit,
      counts: { train: splits.train.labels.length, validation: splits.validation.labels.length, test: splits.test.labels.length },
    },
    scale: dtype === 'uint8' ? 1 / 255 : 1,
    offset: 0,
    splits,
  };
}

function split({ inputs, labels, place }: RawSplit): DatasetSplit {
  const { shape, dtype, data } = inputs;
  const samples = shape[0] ?? 0;
  if (shape.length < 2 || shape.length > 5 || samples < 1 || data.length === 0)
    throw refusal(
      'wrong-shape',
      place,
      `Inputs of shape (${shape.join(', ')}) are no samples.`,
      'Save them as (N, features) or (N, height, width[, channels]).',
    );
  const full = shape.length === 3 ? [...shape, 1] : [...shape];
  const named = { name: 'inputs', shape: full };
  const tensor = dtype === 'int32' ? { ...named, dtype: 'float32' as const, data: Float32Array.from(data) } : { ...named, dtype, data };
  return { inputs: tensor, labels: readLabels(labels, samples, place) };
}

function slice({ inputs, labels }: DatasetSplit, from: number, to: number): DatasetSplit {
  const size = inputs.data.length / labels.length;
  return {
    inputs: { ...inputs, shape: [to - from, ...inputs.shape.slice(1)], data: inputs.data.subarray(from * size, to * size) },
    labels: labels.subarray(from, to),
  };
}

/** Smallest and largest value as the network is fed them. */
function range(splits: readonly DatasetSplit[], place: Place): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const { inputs } of splits) {
    const { data } = inputs;
    for (let index = 0; index < data.length; index++) {
      const value = data[index]!;
      if (value < low) low = value;
      if (value > high) high = value;
      if (value - value !== 0)
        throw refusal('not-a-dataset', place, 'Some inputs are infinite or not a number.', 'Replace those values and save the data again.');
    }
  }
  const scale = splits[0]?.inputs.dtype === 'uint8' ? 255 : 1;
  return [low / scale, high / scale];
}
