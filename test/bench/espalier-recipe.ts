// Espalier's side of `tfmot`: the same recipe as the studio runs it, two engine processes one after the other.
import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { EngineResult, EngineTask } from '#contract/engine-messages.ts';
import { ExportTarget, type ExportWeights } from '#contract/nouns.ts';
import { Recipe, TrainSettings } from '#contract/recipe.ts';
import { writeModelFile } from '#formats/model-file.ts';
import { initialise } from '#network/initialise.ts';
import { runEngine } from '#main/supervisor/run-engine.ts';
import { forkSpawner } from '#main/supervisor/spawn-process.ts';
import { answerRounds } from './answer-rounds.ts';
import { recipeModel } from './recipe-model.ts';

export interface EspalierRecipe {
  readonly data: string;
  readonly threads: number;
  readonly folder: string;
  /** Where the files of `size` go; their gzipped bytes are then told. */
  readonly files?: string;
}

const task = JSON.parse(process.argv[2]!) as EspalierRecipe;
const main = (folder: string) => resolve(import.meta.dirname, `../../src-main/${folder}/main.ts`);
const spawn = forkSpawner({ engine: main('engine'), importer: main('importer') });
let seed = 0;

async function run(order: EngineTask, name: string): Promise<EngineResult> {
  const workspace = join(task.folder, name);
  mkdirSync(workspace);
  const end = await runEngine(spawn, { task: order, workspace, threads: task.threads, hear: () => undefined }).ended;
  if (end.kind !== 'done') throw new Error(`the engine ended with ${JSON.stringify(end)}`);
  return end.result;
}

async function train(model: string, settings: Partial<TrainSettings>) {
  const result = await run(
    { kind: 'train', model, data: task.data, settings: TrainSettings.parse(settings), exportTo: null },
    `train-${seed}`,
  );
  if (result.kind !== 'train') throw new Error(`asked to train, the engine answered with ${result.kind}`);
  return result;
}

async function prune(model: string, recipe: Partial<Recipe>) {
  const result = await run({ kind: 'prune', model, data: task.data, recipe: Recipe.parse(recipe), exportTo: null }, `prune-${seed}`);
  if (result.kind !== 'prune') throw new Error(`asked to prune, the engine answered with ${result.kind}`);
  return result;
}

/** Gzipped bytes of what is exported of the dense and the sparse network, and how accurate the last one is in integers. */
async function written(dense: string, sparse: string, files: string) {
  const gzipped = async (model: string, name: string, weights: ExportWeights = 'float32') => {
    const format = name.endsWith('.keras') ? 'keras' : 'tflite';
    const path = join(files, name);
    const order = {
      kind: 'export',
      model,
      data: task.data,
      exportTo: ExportTarget.parse({ format, path, weights, optimizer: false }),
    } as const;
    const result = await run(order, `export-${seed}-${name}`);
    if (result.kind === 'export') accuracy = result.accuracy?.exported ?? accuracy;
    return gzipSync(readFileSync(path), { level: 6 }).length;
  };
  let accuracy = 0;
  const sizes = {
    keras: await gzipped(dense, 'dense.keras'),
    tflite: await gzipped(dense, 'dense.tflite'),
    sparseKeras: await gzipped(sparse, 'sparse.keras'),
    sparseTflite: await gzipped(sparse, 'sparse.tflite'),
    sparseInt8: await gzipped(sparse, 'sparse-int8.tflite', 'int8'),
  };
  return { sizes, int8: accuracy };
}

await answerRounds({}, async () => {
  seed++;
  const model = join(task.folder, `untrained-${seed}.model`);
  writeModelFile(model, initialise(recipeModel, seed));
  const constant = { decay: 'constant', optimizer: 'adam', rate: 0.001, seed } as const;
  const trained = await train(model, { ...constant, epochs: 4, batch: 32 });
  const polynomial = { schedule: 'polynomial', granularity: 'weight', scope: 'layer', sparsity: 0.8 } as const;
  const pruned = await prune(trained.artifact.path, { ...constant, ...polynomial, epochs: 2, batch: 128 });
  // Kernels only, as for the peer: the one bias vector of each layer is never pruned.
  const kernels = pruned.summary.layers.reduce((sum, { parameters, channels = 0 }) => sum + Math.max(0, parameters - channels), 0);
  const sparseSeconds = pruned.epochs.reduce((sum, { seconds }) => sum + seconds, 0);
  return {
    seconds: trained.seconds + sparseSeconds,
    denseSeconds: trained.seconds,
    sparseSeconds,
    dense: trained.test.accuracy,
    sparse: pruned.after.accuracy,
    ...(task.files === undefined ? {} : await written(trained.artifact.path, pruned.artifact.path, task.files)),
    sparsity: (pruned.summary.parameters - pruned.summary.nonzero) / kernels,
  };
});
