// The full evaluation of a model on a dataset: test split in detail, train and validation accuracy for the gap.
import type { Evaluation, Score } from '#contract/measurement.ts';
import { packRight } from '#contract/paired-answers.ts';
import type { OpenData } from '../data/open-data.ts';
import { asScore, finite, scoreSplit, type Scorer } from './score-split.ts';

/** Train accuracy is taken over at most this many samples, evenly spaced over the split: always the same ones. */
export const TRAIN_SAMPLES = 10_000;

/** @throws Interrupted */
export async function evaluate(scorer: Scorer, data: OpenData): Promise<Evaluation> {
  const test = await scoreSplit(scorer, data.test);
  const train = await scoreSplit(scorer, data.train, evenlySpaced(data.train.samples, TRAIN_SAMPLES));
  const validation = data.validation.samples === 0 ? null : await scoreSplit(scorer, data.validation);
  const { accuracy, regression } = asScore(test);
  const { accuracy: trainAccuracy, regression: trainErrors } = asScore(train);
  const validationScore = validation === null ? null : asScore(validation);
  if (regression !== undefined && trainErrors !== undefined) {
    const shares = { accuracy, topK: {}, perClass: [], trainAccuracy, validationAccuracy: null, gap: null };
    const validationErrors = validationScore?.regression ?? null;
    return {
      loss: finite(test.loss),
      ...shares,
      regression: { test: regression, train: trainErrors, validation: validationErrors },
      samples: test.samples,
    };
  }
  return {
    loss: finite(test.loss),
    accuracy,
    topK: Object.fromEntries(test.within.map((count, index) => [String(index + 1), test.samples === 0 ? 0 : count / test.samples])),
    perClass: test.counts.map((samples, label) => ({
      label: data.summary.classes[label] ?? String(label),
      accuracy: samples === 0 ? null : test.hits[label]! / samples,
      samples,
    })),
    trainAccuracy,
    validationAccuracy: validationScore?.accuracy ?? null,
    gap: trainAccuracy === null || accuracy === null ? null : trainAccuracy - accuracy,
    samples: test.samples,
    right: packRight(test.right),
  };
}

/** The test split's part of an evaluation. */
export function testScore({ loss, accuracy, regression }: Evaluation): Score {
  return { loss, accuracy, ...(regression === undefined ? {} : { regression: regression.test }) };
}

/** 5 of 10 samples: 0, 2, 4, 6, 8. */
export function evenlySpaced(samples: number, most: number): Int32Array {
  const count = Math.min(samples, most);
  return Int32Array.from({ length: count }, (_, index) => Math.floor((index * samples) / count));
}
