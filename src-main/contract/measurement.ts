// What was measured: accuracy by split, latency with its host, the equivalence certificate.
import { z } from 'zod';
import { RightAnswers } from './paired-answers.ts';

/** How far answers are from the numbers that were wanted, over all samples and targets. */
export const RegressionScore = z.object({
  /** Mean absolute error. */
  mae: z.number(),
  /** Root of the mean squared error. */
  rmse: z.number(),
  /** 1 − Σ(wanted − answer)² / Σ(wanted − mean)², a mean over the targets that vary; null where none does. 1 is perfect, 0 is as good as the mean. */
  r2: z.number().nullable(),
});
export type RegressionScore = z.infer<typeof RegressionScore>;

export const Score = z.object({
  loss: z.number(),
  /** Share of right answers; null where the network is to answer with numbers and not with a class. */
  accuracy: z.number().min(0).max(1).nullable(),
  /** Where it is to answer with numbers. */
  regression: RegressionScore.optional(),
});
export type Score = z.infer<typeof Score>;

export const ClassScore = z.object({ label: z.string(), accuracy: z.number().nullable(), samples: z.int() });

export const Evaluation = z.object({
  loss: z.number(),
  /** Share of the test split's answers that are right; null, as all shares below, where the network answers with numbers. */
  accuracy: z.number().nullable(),
  /** Accuracy within the best k answers: `{ "5": 0.999 }`. */
  topK: z.record(z.string(), z.number()),
  perClass: z.array(ClassScore),
  trainAccuracy: z.number().nullable(),
  validationAccuracy: z.number().nullable(),
  /** trainAccuracy − accuracy: what was learned by heart. */
  gap: z.number().nullable(),
  /** By split, where the network answers with numbers. */
  regression: z.object({ test: RegressionScore, train: RegressionScore, validation: RegressionScore.nullable() }).optional(),
  samples: z.int(),
  /** On its way from the engine to the store, which keeps it apart. */
  right: RightAnswers.optional(),
});
export type Evaluation = z.infer<typeof Evaluation>;

/** One batch of data through a network. */
export const Trial = z.object({
  samples: z.int(),
  /** Null where the network answers with numbers. */
  right: z.int().nullable(),
  /** Mean; null where an answer is infinite or no number. */
  loss: z.number().nullable(),
});
export type Trial = z.infer<typeof Trial>;

export const Latency = z.object({
  /** Milliseconds a batch. */
  p50: z.number(),
  p95: z.number(),
  mean: z.number(),
  runs: z.int(),
  batch: z.int(),
  threads: z.int(),
  runtime: z.string(),
  runtimeVersion: z.string(),
  host: z.string(),
});
export type Latency = z.infer<typeof Latency>;

/** Proof that a compacted or exported network answers as its source did. */
export const Certificate = z.object({
  /** What ran the second network: "ONNX Runtime 1.30.0", "C, compiled by cc 12.2.0". */
  runtime: z.string().default('TensorFlow'),
  samples: z.int(),
  inputs: z.enum(['data', 'random']),
  /** The largest absolute difference between the two outputs. */
  maxDifference: z.number(),
  /** The largest difference that is allowed: 1e-4 of the source output's range for compaction. */
  tolerance: z.number(),
  firstDivergingLayer: z.string().nullable(),
  /** Share of the samples for which both answers have their largest entry in the same place; null where there are no classes. */
  top1Agreement: z.number().nullable().default(null),
  verdict: z.enum(['equal', 'different']),
});
export type Certificate = z.infer<typeof Certificate>;

/** The same test samples answered with the source's numbers and with the file's. */
export const ExportAccuracy = z.object({
  samples: z.int(),
  /** Share of right answers of the float32 source, and of the file. */
  source: z.number(),
  exported: z.number(),
  /** Samples of the training split from which the ranges were taken; null where the format needs none. */
  calibratedOn: z.int().nullable(),
});
export type ExportAccuracy = z.infer<typeof ExportAccuracy>;

export const EpochScore = z.object({
  epoch: z.int(),
  loss: z.number(),
  accuracy: z.number().nullable(),
  valLoss: z.number().nullable(),
  valAccuracy: z.number().nullable(),
  seconds: z.number(),
  /** Share of the prunable weights that is zero after this epoch. */
  sparsity: z.number(),
});
export type EpochScore = z.infer<typeof EpochScore>;

/** A round of pruning and the training that followed. */
export const RoundScore = z.object({
  /** From 1; 0 is the dense training of a lottery ticket. */
  round: z.int(),
  /** Reached in it, as a share of the weights or channels that may go. */
  sparsity: z.number(),
  /** On the test split, right after pruning and before training; null without data, or where nothing was pruned in it. */
  pruned: Score.nullable(),
  /** On the test split, after training; null without data. */
  after: Score.nullable(),
  /** Null where there is no validation split. */
  validationAccuracy: z.number().nullable(),
});
export type RoundScore = z.infer<typeof RoundScore>;

/** How rounds of pruning fared against the lowest accuracy that was allowed. */
export const FloorOutcome = z.object({
  accuracy: z.number(),
  judgedOn: z.enum(['validation', 'test']),
  /** The round whose network is the result; null where none held, and the result is the network as it was before. */
  keptRound: z.int().nullable(),
  /** Whether a round fell below, so that those after it were not run. */
  stopped: z.boolean(),
});
export type FloorOutcome = z.infer<typeof FloorOutcome>;
