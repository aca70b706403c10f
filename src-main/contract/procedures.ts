// Everything a window, a browser tab, the command line or a script may ask of the studio.
import { z } from 'zod';
import { DataOptions, DataSurvey } from './data-options.ts';
import { Trial } from './measurement.ts';
import { NetworkSummary } from './network.ts';
import { Dataset, ExportFormat, ExportWeights, Id, Job, MeasureSettings, MetricPoint, Model, Name, Project, Variant } from './nouns.ts';
import { PairedTest } from './paired-answers.ts';
import { seeds } from './repeats.ts';
import { Recipe, TrainSettings } from './recipe.ts';
import { SensitivitySettings } from './sensitivity.ts';

const one = z.strictObject({ id: Id });
const nothing = z.null();
const SampleImage = z.object({
  index: z.int(),
  label: z.string(),
  shape: z.array(z.int()),
  /** 0–255, row by row. */
  pixels: z.array(z.int()),
  /** What a model is fed; of samples that are no images, the first few. */
  values: z.array(z.number()).optional(),
});

/** What a plan would leave, worked out without touching anything. */
export const Plan = z.object({
  before: NetworkSummary,
  after: NetworkSummary,
  /** Weights or channels removed, and of how many. */
  removed: z.int(),
  total: z.int(),
  layers: z.array(z.object({ name: z.string(), removed: z.int(), total: z.int() })),
  skipped: z.array(z.object({ layer: z.string(), why: z.string() })),
  /** What only the data can tell, where the criterion looks at them; absent where the plan is exact. */
  estimate: z.string().optional(),
  /** One honest sentence on what this brings: bytes, and speed or none. */
  verdict: z.string(),
});
export type Plan = z.infer<typeof Plan>;

export const StudioFacts = z.object({
  version: z.string(),
  home: z.string(),
  door: z.enum(['window', 'browser', 'command']),
  threads: z.int(),
  engine: z.object({ state: z.enum(['unknown', 'ready', 'unavailable']), tensorflow: z.string().nullable(), why: z.string().nullable() }),
});
export type StudioFacts = z.infer<typeof StudioFacts>;

export const procedures = {
  studio: {
    /** The whole list of projects and live jobs with the number of the last event they include. */
    snapshot: {
      input: z.strictObject({}),
      output: z.object({
        seq: z.int(),
        session: z.string(),
        facts: StudioFacts,
        projects: z.array(Project),
        liveJobs: z.array(Job),
        starters: z.array(z.object({ name: z.string(), title: z.string(), summary: z.string() })),
      }),
    },
  },
  projects: {
    create: { input: z.strictObject({ name: Name }), output: Project },
    /** MNIST with LeNet-300-100 and cnn-small, ready to train. */
    createSample: { input: z.strictObject({}), output: Project },
    open: {
      input: one,
      output: z.object({
        seq: z.int(),
        project: Project,
        models: z.array(Model),
        datasets: z.array(Dataset),
        variants: z.array(Variant),
        jobs: z.array(Job),
      }),
    },
    rename: { input: z.strictObject({ id: Id, name: Name }), output: Project },
    archive: { input: z.strictObject({ id: Id, archived: z.boolean() }), output: Project },
    /** Hidden at once, gone for good when the studio next starts; `restore` takes it back until then. */
    remove: { input: one, output: nothing },
    restore: { input: one, output: Project },
    setBaseline: { input: z.strictObject({ id: Id, variantId: Id.nullable() }), output: Project },
  },
  models: {
    addStarter: {
      input: z.strictObject({ projectId: Id, starter: z.string(), seed: z.int().min(0).default(1), weights: z.string().optional() }),
      output: z.object({ model: Model, variant: Variant }),
    },
    /** `weights` is a file of weights alone for the network. `path` comes from the studio's own file dialog, an upload or the command line. */
    import: {
      input: z.strictObject({ projectId: Id, path: z.string(), name: Name.optional(), weights: z.string().optional() }),
      output: z.object({ model: Model, variant: Variant }),
    },
  },
  datasets: {
    /** What a built-in name (`mnist`) or a path holds, quickly, so that options can be chosen. */
    survey: { input: z.strictObject({ source: z.string() }), output: DataSurvey },
    /** A built-in name or a path; the same data with the same options are kept once. */
    import: { input: z.strictObject({ projectId: Id, source: z.string(), options: DataOptions.optional() }), output: Dataset },
    /** Ends a running import, which then answers `cancelled` and leaves nothing behind. */
    cancelImport: { input: z.strictObject({ projectId: Id, source: z.string() }), output: nothing },
    /** One batch through a network: whether they fit, and what comes out. */
    try: { input: z.strictObject({ id: Id, variantId: Id }), output: Trial },
    samples: { input: z.strictObject({ id: Id, count: z.int().min(1).max(50).default(10) }), output: z.array(SampleImage) },
  },
  variants: {
    get: { input: one, output: Variant },
    rename: { input: z.strictObject({ id: Id, name: Name }), output: Variant },
    remove: { input: one, output: nothing },
    restore: { input: one, output: Variant },
    plan: { input: z.strictObject({ id: Id, recipe: Recipe }), output: Plan },
    /** McNemar's test of the variant against another on the test samples that both were evaluated on; null where they weren't. */
    pair: { input: z.strictObject({ id: Id, withId: Id }), output: PairedTest.nullable() },
  },
  jobs: {
    /** Of several seeds the job of the first is answered; the others wait behind it, with the same `order.repeat.id`. */
    train: {
      input: z.strictObject({
        variantId: Id,
        datasetId: Id,
        settings: TrainSettings,
        seeds: seeds.default(1),
        name: Name.optional(),
        exportPath: z.string().optional(),
      }),
      output: Job,
    },
    prune: {
      input: z.strictObject({
        variantId: Id,
        datasetId: Id.nullable(),
        recipe: Recipe,
        seeds: seeds.default(1),
        /** The variant that `recipe.distill` names; where that is `true` it is the one being pruned. */
        teacherId: Id.optional(),
        name: Name.optional(),
        exportPath: z.string().optional(),
      }),
      output: Job,
    },
    evaluate: { input: z.strictObject({ variantId: Id, datasetId: Id }), output: Job },
    /** A study that was made before of the same weights and data with the same settings is done at once. */
    sensitivity: { input: z.strictObject({ variantId: Id, datasetId: Id, settings: SensitivitySettings }), output: Job },
    /** Times the network as it is and as the recipe would leave it, in turns, in each runtime. */
    probe: { input: z.strictObject({ variantId: Id, recipe: Recipe }), output: Job },
    measure: { input: z.strictObject({ variantId: Id, settings: MeasureSettings }), output: Job },
    /** Without a path the file goes to the home's exports folder, from where the browser downloads it. */
    export: {
      input: z.strictObject({
        variantId: Id,
        format: ExportFormat,
        weights: ExportWeights.default('float32'),
        datasetId: Id.nullable().default(null),
        acceptDifference: z.string().nullable().default(null),
        optimizer: z.boolean().optional(),
        path: z.string().optional(),
      }),
      output: Job,
    },
    get: { input: one, output: Job },
    list: { input: z.strictObject({ projectId: Id.optional() }), output: z.array(Job) },
    pause: { input: one, output: Job },
    resume: { input: one, output: Job },
    cancel: { input: one, output: Job },
    /** Training curves, thinned evenly to at most `points` step points; epoch points are never left out. */
    series: { input: z.strictObject({ id: Id, points: z.int().min(2).max(10_000).default(400) }), output: z.array(MetricPoint) },
  },
};
export type StudioProcedures = typeof procedures;
