// What the host and an engine process say to each other: one engine, one task, weights by file only.
import { z } from 'zod';
import { Problem } from './errors.ts';
import { Certificate, EpochScore, Evaluation, FloorOutcome, Latency, RegressionScore, RoundScore, Score, Trial } from './measurement.ts';
import { ChannelGroup, NetworkSummary } from './network.ts';
import { Exported, ExportTarget, MeasureSettings, MetricPoint, Progress, Sha256 } from './nouns.ts';
import { Probe } from './probe.ts';
import { RightAnswers } from './paired-answers.ts';
import { Recipe, TrainSettings } from './recipe.ts';
import { Sensitivity, SensitivitySettings } from './sensitivity.ts';

/** Paths of canonical artifacts (formats/tensor-file), always absolute. */
const model = z.string();
const data = z.string();

export const EngineTask = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('train'), model, data, settings: TrainSettings, exportTo: ExportTarget.nullable() }),
  z.object({
    kind: z.literal('prune'),
    model,
    data: data.nullable(),
    /** The network whose answers fine-tuning learns from as well. */
    teacher: model.optional(),
    recipe: Recipe,
    exportTo: ExportTarget.nullable(),
  }),
  z.object({ kind: z.literal('evaluate'), model, data }),
  z.object({ kind: z.literal('sensitivity'), model, data, settings: SensitivitySettings }),
  z.object({ kind: z.literal('probe'), model, recipe: Recipe }),
  z.object({ kind: z.literal('measure'), model, settings: MeasureSettings }),
  z.object({ kind: z.literal('export'), model, data: data.nullable(), exportTo: ExportTarget }),
  /** One batch, to see whether data and model fit. */
  z.object({ kind: z.literal('try'), model, data }),
  z.object({ kind: z.literal('predict'), model, input: z.string(), output: z.string() }),
]);
export type EngineTask = z.infer<typeof EngineTask>;

export const ToEngine = z.discriminatedUnion('kind', [
  /** `workspace` is this job's own folder: checkpoints and the finished artifact are written there, and a checkpoint found there is resumed. */
  z.object({ kind: z.literal('start'), task: EngineTask, workspace: z.string() }),
  /** Write a checkpoint now, say `paused`, end. */
  z.object({ kind: z.literal('pause') }),
  z.object({ kind: z.literal('cancel') }),
]);
export type ToEngine = z.infer<typeof ToEngine>;

/** A file that the engine has written and fsynced inside its workspace; the host moves it into the store. */
export const StagedArtifact = z.object({ path: z.string(), sha256: Sha256, bytes: z.int() });
export type StagedArtifact = z.infer<typeof StagedArtifact>;

/** A summary with its score on the test split; `right` only where it is wanted for a paired test, and never shown. */
export const Scored = NetworkSummary.extend({
  accuracy: z.number().nullable(),
  loss: z.number().nullable(),
  regression: RegressionScore.optional(),
  right: RightAnswers.optional(),
});
export type Scored = z.infer<typeof Scored>;
const environment = z.object({ tensorflow: z.string(), threads: z.int(), oneDnn: z.boolean(), kernels: z.boolean(), host: z.string() });

export const EngineResult = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('train'),
    artifact: StagedArtifact,
    summary: NetworkSummary,
    epochs: z.array(EpochScore),
    /** The epoch whose weights these are; null where nothing was trained. */
    keptEpoch: z.int().nullable().default(null),
    test: Score,
    evaluation: Evaluation,
    latency: Latency,
    seconds: z.number(),
    imagesPerSecond: z.number(),
    exported: Exported.nullable(),
    environment,
  }),
  z.object({
    kind: z.literal('prune'),
    artifact: StagedArtifact,
    summary: NetworkSummary,
    before: Scored,
    /** Right after pruning, before any training that follows; of rounds, in the one that was kept. */
    pruned: Scored,
    after: Scored,
    /** One entry where all is pruned in one go. */
    rounds: z.array(RoundScore).default([]),
    /** Null where no floor was asked for. */
    floor: FloorOutcome.nullable().default(null),
    recipe: Recipe,
    groups: z.array(ChannelGroup),
    skipped: z.array(z.object({ layer: z.string(), why: z.string() })),
    /** Null where nothing was compacted. */
    certificate: Certificate.nullable(),
    epochs: z.array(EpochScore),
    /** The epoch whose weights these are; null where nothing was trained. */
    keptEpoch: z.int().nullable().default(null),
    evaluation: Evaluation.nullable(),
    latency: Latency,
    seconds: z.number(),
    exported: Exported.nullable(),
    environment,
  }),
  Evaluation.extend({ kind: z.literal('evaluate'), environment }),
  Sensitivity.extend({ kind: z.literal('sensitivity'), environment }),
  Probe.extend({ kind: z.literal('probe'), environment }),
  Latency.extend({ kind: z.literal('measure'), environment }),
  Exported.extend({ kind: z.literal('export') }),
  Trial.extend({ kind: z.literal('try') }),
  z.object({ kind: z.literal('predict'), shape: z.array(z.int()), seconds: z.number() }),
]);
export type EngineResult = z.infer<typeof EngineResult>;

export const FromEngine = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready'), environment }),
  /** A checkpoint was found; work goes on after this step. `differs` names what makes it not bit-identical. */
  z.object({ kind: z.literal('resumed'), step: z.int(), differs: z.array(z.string()) }),
  z.object({ kind: z.literal('progress'), progress: Progress, points: z.array(MetricPoint) }),
  z.object({ kind: z.literal('checkpoint'), step: z.int() }),
  z.object({ kind: z.literal('note'), text: z.string() }),
  z.object({ kind: z.literal('paused'), step: z.int() }),
  z.object({ kind: z.literal('cancelled') }),
  z.object({ kind: z.literal('failed'), problem: Problem }),
  z.object({ kind: z.literal('done'), result: EngineResult }),
  /** Sent once a second whatever else is said: the proof of life. */
  z.object({ kind: z.literal('alive') }),
]);
export type FromEngine = z.infer<typeof FromEngine>;
