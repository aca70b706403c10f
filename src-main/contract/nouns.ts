// The things a user names: projects, models, datasets, variants, jobs.
import { z } from 'zod';
import { ImportReport } from './data-options.ts';
import { Problem } from './errors.ts';
import { Certificate, EpochScore, Evaluation, ExportAccuracy, Latency, Score } from './measurement.ts';
import { NetworkSummary } from './network.ts';
import { Repeat } from './repeats.ts';
import { Recipe, TrainSettings } from './recipe.ts';
import { SensitivitySettings } from './sensitivity.ts';

export const Id = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[a-z0-9-]+$/, 'an id holds only a–z, 0–9 and -');
export const Name = z.string().trim().min(1, 'a name is needed').max(200, 'a name has at most 200 characters');
/** Milliseconds since 1970, UTC. */
const Time = z.int();
export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

export const Project = z.object({
  id: Id,
  name: z.string(),
  createdAt: Time,
  archivedAt: Time.nullable(),
  /** The variant that the others are compared with. */
  baselineId: Id.nullable(),
});
export type Project = z.infer<typeof Project>;

/** Where a network came from; its root variant holds the network itself. */
export const Model = z.object({
  id: Id,
  projectId: Id,
  name: z.string(),
  /** `starter:lenet-5`, or the name of the imported file. */
  source: z.string(),
  format: z.enum(['starter', 'keras', 'h5', 'tfjs', 'onnx']),
  createdAt: Time,
});
export type Model = z.infer<typeof Model>;

export const Split = z.enum(['train', 'validation', 'test']);

/** A number that networks are to answer with, over all splits. */
export const Target = z.object({ name: z.string(), low: z.number(), high: z.number(), mean: z.number(), deviation: z.number() });
export type Target = z.infer<typeof Target>;

export const DatasetSummary = z.object({
  name: z.string(),
  /** One sample, without the batch axis: [28, 28, 1]. */
  sampleShape: z.array(z.int()),
  classes: z.array(z.string()),
  counts: z.object({ train: z.int(), validation: z.int(), test: z.int() }),
  /** The numbers that are wanted of each sample, where they are no classes. */
  targets: z.array(Target).optional(),
  /** Samples of each class, all splits together. */
  balance: z.array(z.int()),
  range: z.tuple([z.number(), z.number()]),
  /** Whom to name, and where it is from. */
  credit: z.string().nullable(),
  /** Absent in sets that were imported before there was one. */
  report: ImportReport.optional(),
});
export type DatasetSummary = z.infer<typeof DatasetSummary>;

export const Dataset = z.object({ id: Id, projectId: Id, source: z.string(), createdAt: Time, artifact: Sha256, summary: DatasetSummary });
export type Dataset = z.infer<typeof Dataset>;

export const VariantKind = z.enum(['untrained', 'imported', 'trained', 'pruned']);

export const Variant = z.object({
  id: Id,
  projectId: Id,
  modelId: Id,
  parentId: Id.nullable(),
  jobId: Id.nullable(),
  name: z.string(),
  kind: VariantKind,
  createdAt: Time,
  artifact: Sha256,
  artifactBytes: z.int(),
  summary: NetworkSummary,
  /** How it was made from its parent. */
  made: z.discriminatedUnion('by', [
    z.object({ by: z.literal('import') }),
    z.object({ by: z.literal('training'), settings: TrainSettings }),
    z.object({ by: z.literal('pruning'), recipe: Recipe }),
  ]),
  evaluation: Evaluation.nullable(),
  /** Test score right after pruning, before any fine-tuning. */
  prunedScore: Score.nullable(),
  /** In TensorFlow: what variants are compared by. */
  latency: Latency.nullable(),
  /** The newest of each runtime, TensorFlow's among them. */
  latencies: z.array(Latency).default([]),
  /** What it is one of several of, differing by the seed alone; null where it stands alone. */
  repeat: Repeat.nullable().default(null),
  certificate: Certificate.nullable(),
});
export type Variant = z.infer<typeof Variant>;

export const JobKind = z.enum(['train', 'prune', 'evaluate', 'sensitivity', 'probe', 'measure', 'export']);
export type JobKind = z.infer<typeof JobKind>;

/** queued → running → done | failed | cancelled; running → paused | resumable → queued again. */
export const JobState = z.enum(['queued', 'running', 'paused', 'resumable', 'done', 'failed', 'cancelled']);
export type JobState = z.infer<typeof JobState>;

export const ExportFormat = z.enum(['keras', 'h5', 'tfjs', 'savedmodel', 'onnx', 'tflite', 'c']);
export type ExportFormat = z.infer<typeof ExportFormat>;
/** How a file holds the weights; `int8` computes with integers throughout, the others with floats. */
export const ExportWeights = z.enum(['float32', 'float16', 'uint8', 'int8']);
export type ExportWeights = z.infer<typeof ExportWeights>;
export const ExportTarget = z.object({
  format: ExportFormat,
  /** The file or the folder to write, as the format has it. */
  path: z.string(),
  weights: ExportWeights.default('float32'),
  /** The layer from which on the file may answer otherwise than its source, as a refused export named it; null where it may not. */
  acceptDifference: z.string().nullable().default(null),
  /** What the optimizer remembers, where the format has a place for it (keras, h5); kept if left out. */
  optimizer: z.boolean().optional(),
});
export type ExportTarget = z.infer<typeof ExportTarget>;

export const Runtime = z.enum(['tensorflow', 'onnxruntime']);
export type Runtime = z.infer<typeof Runtime>;

export const MeasureSettings = z.strictObject({
  runtime: Runtime.default('tensorflow').describe('what runs the model'),
  batch: z.int().min(1).max(4096).default(1).describe('samples a run'),
  threads: z.int().min(1).max(256).optional().describe('threads of the runtime; all cores if left out'),
  runs: z.int().min(1).max(100_000).default(100).describe('timed runs, after a warm-up'),
});
export type MeasureSettings = z.infer<typeof MeasureSettings>;

/** What a job was asked to do, complete enough to do it again. */
export const JobOrder = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('train'),
    variantId: Id,
    datasetId: Id,
    settings: TrainSettings,
    exportTo: ExportTarget.nullable(),
    repeat: Repeat.optional(),
  }),
  z.object({
    kind: z.literal('prune'),
    variantId: Id,
    datasetId: Id.nullable(),
    /** The variant that fine-tuning learns from, where the recipe distils. */
    teacherId: Id.optional(),
    recipe: Recipe,
    exportTo: ExportTarget.nullable(),
    repeat: Repeat.optional(),
  }),
  z.object({ kind: z.literal('evaluate'), variantId: Id, datasetId: Id }),
  z.object({ kind: z.literal('sensitivity'), variantId: Id, datasetId: Id, settings: SensitivitySettings }),
  z.object({ kind: z.literal('probe'), variantId: Id, recipe: Recipe }),
  z.object({ kind: z.literal('measure'), variantId: Id, settings: MeasureSettings }),
  /** `datasetId`: what int8 is calibrated on, and what the file and its source are compared on. */
  z.object({ kind: z.literal('export'), variantId: Id, datasetId: Id.nullable().default(null), exportTo: ExportTarget }),
]);
export type JobOrder = z.infer<typeof JobOrder>;

export const Progress = z.object({
  /** What it is doing now, for a person: "training", "fine-tuning", "measuring". */
  phase: z.string(),
  step: z.int(),
  steps: z.int(),
  epoch: z.int(),
  epochs: z.int(),
  secondsLeft: z.number().nullable(),
  imagesPerSecond: z.number().nullable(),
});
export type Progress = z.infer<typeof Progress>;

/** One point of a training curve. `kind: step` is a mean over the steps since the last point. */
export const MetricPoint = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('step'),
    step: z.int(),
    epoch: z.number(),
    loss: z.number(),
    accuracy: z.number().nullable(),
    rate: z.number(),
    sparsity: z.number(),
  }),
  EpochScore.extend({ kind: z.literal('epoch'), step: z.int() }),
]);
export type MetricPoint = z.infer<typeof MetricPoint>;

export const ExportedFile = z.object({ path: z.string(), bytes: z.int() });

export const Exported = z.object({
  files: z.array(ExportedFile),
  certificate: Certificate,
  /** What the coarser numbers of the file cost on data; null for float32 and where there were no data. */
  accuracy: ExportAccuracy.nullable().default(null),
  /** Bytes of working memory between the layers, where the format has them planned: C's static array, TensorFlow Lite's arena. */
  arenaBytes: z.int().nullable().default(null),
  /** Bytes of constants that a device keeps in flash: C's arrays, the whole .tflite file; null for other formats. */
  flashBytes: z.int().nullable().default(null),
});
export type Exported = z.infer<typeof Exported>;

export const Job = z.object({
  id: Id,
  projectId: Id,
  kind: JobKind,
  name: z.string(),
  state: JobState,
  order: JobOrder,
  progress: Progress.nullable(),
  createdAt: Time,
  startedAt: Time.nullable(),
  endedAt: Time.nullable(),
  /** Seconds of work so far, over all its runs. */
  seconds: z.number(),
  /** The step up to which a checkpoint is on disk; null while there is none. */
  checkpointStep: z.int().nullable(),
  /** The variant that it made. */
  variantId: Id.nullable(),
  exported: Exported.nullable(),
  /** The full answer of the engine, as the command line prints it; null until done. */
  result: z.record(z.string(), z.unknown()).nullable(),
  problem: Problem.nullable(),
  /** Remarks that change what the result means: "resumed with 4 threads after 2: not bit-identical". */
  notes: z.array(z.string()),
});
export type Job = z.infer<typeof Job>;
