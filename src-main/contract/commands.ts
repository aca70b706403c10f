// The command line as data: help, parsing and checks are all derived from this table.
import { z } from 'zod';
import { DataOptions } from './data-options.ts';
import { ExportFormat, MeasureSettings } from './nouns.ts';
import { Recipe, TrainSettings } from './recipe.ts';
import { seeds } from './repeats.ts';
import { SensitivitySettings } from './sensitivity.ts';

export interface Positional {
  /** As it stands in the help: MODEL. */
  readonly name: string;
  readonly summary: string;
  readonly many?: true;
}

export interface CommandSpec {
  readonly summary: string;
  readonly positionals: readonly Positional[];
  /** The command's own flags, `--name` for the field `name`; those without default or `.optional()` must be given. */
  readonly options: z.ZodObject;
  /** Flags that are at the same time the fields of a contract: training settings, a recipe, settings of a measurement. */
  readonly settings?: z.ZodObject;
  /** How the data are read, where the command takes any. */
  readonly reading?: z.ZodObject;
  readonly examples: readonly string[];
}

/** Flags that every command takes. */
export const GlobalOptions = z.strictObject({
  home: z.string().optional().describe('folder of projects; else ESPALIER_HOME, else the application-data folder'),
  json: z.boolean().default(false).describe('print one JSON document on standard output and nothing else there'),
  verbose: z.boolean().default(false).describe('add the stack to an error'),
  help: z.boolean().default(false).describe('show this help'),
});
export type GlobalOptions = z.infer<typeof GlobalOptions>;

/** Networks that come along, with fresh weights. */
export const starterNames: readonly string[] = ['lenet-300-100', 'lenet-5', 'cnn-small', 'resnet-8', 'depthwise-cnn'];

const model: Positional = {
  name: 'MODEL',
  summary: `.keras, .h5, .onnx, model.json, or ${starterNames.join(', ')}, plus +FILE.weights.h5`,
};
const job: Positional = { name: 'JOB', summary: 'the id of a job, as `espalier jobs` lists it' };
const data = z.string().describe('mnist, or the path of a CSV, .npz, .npy, folder of IDX files or of images by class');
const project = z.string().default('Command line').describe('project that records the work, created if absent');
const out = z.string().describe('file to write: .keras, .h5, .onnx or .tflite, or a folder for tfjs');

const repeats = seeds.default(1).describe('runs with seeds that follow one another: mean, interval and paired test; files get -seed-N');

export const commands = {
  inspect: {
    summary: 'Show what is in a model: layers, parameters, MACs, bytes, memory',
    positionals: [model],
    options: z.strictObject({
      device: z.string().optional().describe('board: whether the model fits on it, in each format (pico, esp32, nucleo-f411re, …)'),
    }),
    examples: ['espalier inspect cnn-small', 'espalier inspect my-model.keras --device pico', 'espalier inspect my-model.keras --json'],
  },
  train: {
    summary: 'Train a model from scratch, or go on training it',
    positionals: [model],
    options: z.strictObject({ data, out, project, seeds: repeats }),
    reading: DataOptions,
    settings: TrainSettings,
    examples: [
      'espalier train lenet-300-100 --data mnist --epochs 8 --out baseline.keras',
      'espalier train cnn.keras --data photos --split 0.7/0.15/0.15 --epochs 20 --out trained.keras',
    ],
  },
  evaluate: {
    summary: 'Measure accuracy on the test split',
    positionals: [model],
    options: z.strictObject({ data }),
    reading: DataOptions,
    examples: ['espalier evaluate baseline.keras --data mnist', 'espalier evaluate iris.keras --data iris.csv --label species'],
  },
  predict: {
    summary: 'Write the answers for a batch of inputs',
    positionals: [model],
    options: z.strictObject({
      input: z.string().describe('.npy file of the inputs, shape (N, …)'),
      out: z.string().describe('.npy file to write'),
    }),
    examples: ['espalier predict baseline.keras --input images.npy --out answers.npy'],
  },
  prune: {
    summary: 'Prune, fine-tune and, for neurons and filters, compact a model',
    positionals: [model],
    options: z.strictObject({
      data: data.optional(),
      out: out.optional().describe('file to write: .keras, .h5, .onnx or .tflite, or a folder for tfjs; needed but for a dry run'),
      dryRun: z.boolean().default(false).describe('only say what it would remove and bring; speed by a few seconds of trying'),
      project,
      seeds: repeats,
      recipe: z.string().optional().describe('recipe in YAML or JSON, or the name of a preset; flags override its lines'),
    }),
    reading: DataOptions,
    settings: Recipe,
    examples: [
      'espalier prune baseline.keras --data mnist --sparsity 0.9 --epochs 3 --out sparse.keras',
      'espalier prune cnn.keras --data mnist --granularity filter --sparsity 0.5 --layers conv1=0 --out small.keras',
    ],
  },
  sensitivity: {
    summary: 'Find out how much each layer can lose: accuracy by layer and sparsity, and a per-layer plan',
    positionals: [model],
    options: z.strictObject({
      data,
      out: z.string().optional().describe('recipe to write: the plan for the first of --losses'),
      project,
    }),
    reading: DataOptions,
    settings: SensitivitySettings,
    examples: [
      'espalier sensitivity baseline.keras --data mnist',
      'espalier sensitivity cnn.keras --data mnist --granularity filter --losses 0.01 --out plan.yaml',
    ],
  },
  measure: {
    summary: 'Measure latency on this machine',
    positionals: [model],
    options: z.strictObject({}),
    settings: MeasureSettings,
    examples: ['espalier measure small.keras --batch 1 --threads 1 --runs 300', 'espalier measure small.keras --runtime onnxruntime'],
  },
  compare: {
    summary: 'Put models side by side: accuracy, size, MACs, latency',
    positionals: [{ ...model, many: true }],
    options: z.strictObject({ data: data.optional(), html: z.string().optional().describe('self-contained report to write') }),
    reading: DataOptions,
    examples: ['espalier compare baseline.keras sparse.keras small.keras --data mnist --html report.html'],
  },
  export: {
    summary: 'Write a model in another format and check that it answers the same',
    positionals: [model],
    options: z.strictObject({
      format: ExportFormat.describe('format to write'),
      out: z.string().describe('file (keras, h5, onnx, tflite) or folder (tfjs, savedmodel, c) to write'),
      int8: z.boolean().default(false).describe('integers throughout, calibrated on --data (tflite)'),
      float16: z.boolean().default(false).describe('weights of half the bytes (tflite, tfjs)'),
      uint8: z.boolean().default(false).describe('weights of a quarter of the bytes (tfjs)'),
      data: data.optional(),
      optimizer: z.boolean().default(true).describe('keep what the optimizer remembers, to train on (keras, h5)'),
      acceptDifference: z.string().optional().describe('layer from which on the file may answer otherwise, as a refused export names it'),
    }),
    reading: DataOptions,
    examples: [
      'espalier export small.keras --format onnx --out small.onnx',
      'espalier export small.keras --format tflite --int8 --data mnist --out small.tflite',
      'espalier export small.keras --format c --out small-c',
    ],
  },
  resume: {
    summary: 'Go on with stopped work from its last checkpoint',
    positionals: [job],
    options: z.strictObject({}),
    examples: ['espalier resume JOB'],
  },
  jobs: {
    summary: 'List jobs and how far they are',
    positionals: [],
    options: z.strictObject({ project: z.string().optional().describe('only the jobs of this project') }),
    examples: ['espalier jobs --json'],
  },
  cancel: {
    summary: 'End a job for good',
    positionals: [job],
    options: z.strictObject({}),
    examples: ['espalier cancel JOB'],
  },
  serve: {
    summary: 'Serve the studio to a browser on this machine; prints its URL with a token',
    positionals: [],
    options: z.strictObject({ port: z.int().min(0).max(65_535).optional().describe('port on 127.0.0.1; a free one if left out') }),
    examples: ['espalier serve', 'espalier serve --port 8080'],
  },
  demo: {
    summary: 'Train, prune and compare on MNIST, end to end, in a project "Demo"',
    positionals: [],
    options: z.strictObject({ html: z.string().optional().describe('self-contained report to write') }),
    examples: ['espalier demo --html demo.html'],
  },
} as const satisfies Record<string, CommandSpec>;
export type CommandName = keyof typeof commands;

/** Named in the design of the command line, refused by name until they exist. */
export const laterCommands: readonly string[] = ['search', 'worker'];
