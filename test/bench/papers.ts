// Results of papers reached again, over several seeds: the recipes are the presets that the app offers.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { EngineResult, EngineTask } from '#contract/engine-messages.ts';
import { Runtime } from '#contract/nouns.ts';
import type { ProbedRuntime } from '#contract/probe.ts';
import { TrainSettings, type Recipe } from '#contract/recipe.ts';
import { writeModelFile } from '#formats/model-file.ts';
import { buildStarter } from '#network/starters.ts';
import { runEngine } from '#main/supervisor/run-engine.ts';
import { forkSpawner } from '#main/supervisor/spawn-process.ts';
import { readPreset } from '#main/command/recipe-file.ts';
import { threads as allThreads } from './contender.ts';
import { writeData } from './data.ts';
import { papers, type Paper } from './paper-rows.ts';
import { publish } from './results.ts';

/** Errors in percent, on the 10,000 test images. */
interface Measured {
  readonly seed: number;
  readonly dense: number;
  readonly pruned: number;
  /** Of the pruned network on the 5,000 validation images: recipes are chosen by it, never by the test images. Not in results kept from earlier runs. */
  readonly validation?: number | null;
  /** Parameters before, over those that are not zero after; all of them, biases included. */
  readonly ratio: number;
  readonly macs: Pair;
  readonly bytes: Pair;
  /** Where channels go for good: bytes of both as ONNX files, and how many times faster each runtime answers one image. */
  readonly small?: { readonly file: Pair; readonly runtimes: readonly ProbedRuntime[] };
}

interface Pair {
  readonly before: number;
  readonly after: number;
}

/** Where the work is done, and by how many threads of an engine. */
interface Place {
  readonly folder: string;
  readonly data: string;
  readonly threads: number;
}

type Result<K extends EngineTask['kind']> = Extract<EngineResult, { kind: K }>;

/**
 * `npm run bench -- papers [NAME…] [--seeds 5] [--threads N] [--again]`: what an interrupted bench has measured is kept, unless `--again`.
 * `--threads`: of an engine; all cores if left out.
 */
export async function bench(words: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      seeds: { type: 'string', default: '5' },
      threads: { type: 'string', default: String(allThreads) },
      again: { type: 'boolean', default: false },
    },
  });
  const seeds = Array.from({ length: Number(values.seeds) }, (_, index) => index + 1);
  const rows = papers.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  if (rows.length === 0) throw new Error(`There are the papers ${papers.map(({ name }) => name).join(', ')}.`);
  const folder = join(tmpdir(), 'espalier-papers');
  if (values.again) rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const { artifact: data } = await writeData(folder, 'mnist');
  const place: Place = { folder, data, threads: Number(values.threads) };
  const measured: { paper: Paper; runs: Measured[] }[] = [];
  for (const paper of rows) {
    const runs: Measured[] = [];
    const { recipe } = await readPreset(paper.preset);
    for (const seed of seeds) {
      const run = await once(folder, `${paper.name}-${seed}`, { paper, recipe }, () => measure(place, paper, recipe, seed));
      console.error(
        `papers: ${paper.name}, seed ${seed}: ${run.dense.toFixed(2)} % → ${run.pruned.toFixed(2)} %, ${run.ratio.toFixed(1)} ×${typeof run.validation === 'number' ? ` (validation ${run.validation.toFixed(2)} %)` : ''}`,
      );
      runs.push(run);
    }
    measured.push({ paper, runs });
  }
  const two = (value: number) => value.toFixed(2);
  publish(positionals.length === 0 ? 'papers' : `papers-${positionals.join('-')}`, {
    title: `Papers, test error in percent on MNIST (mean of ${seeds.length} seeds ± standard deviation; published in brackets)`,
    table: [
      ['', 'network', 'dense', 'pruned', 'smaller', 'wanted', ''],
      ...measured.map(({ paper, runs }) => {
        const [dense, pruned, ratio] = (['dense', 'pruned', 'ratio'] as const).map((field) => runs.map((run) => run[field]));
        const { published, smaller } = paper;
        const cell = (values: readonly number[], theirs: number | null) =>
          `${two(mean(values))} ± ${two(deviation(values))} (${theirs === null ? '–' : two(theirs)})`;
        const limit = paper.limit(mean(dense!));
        const missed = [
          ...(mean(pruned!) <= limit ? [] : [`missed by ${two(mean(pruned!) - limit)}`]),
          ...(smaller === undefined ? [] : unfulfilled(runs, smaller)),
        ];
        return [
          paper.name,
          paper.network,
          cell(dense!, published.dense),
          cell(pruned!, published.pruned),
          `${mean(ratio!).toFixed(1)} × (${published.ratio === null ? '–' : `${published.ratio} ×`})`,
          `≤ ${two(limit)}`,
          missed.length === 0 ? 'reached' : missed.join('; '),
        ];
      }),
    ],
    remarks: [
      'Dense networks are trained on 55,000 images, as the recipes are; 5,000 are kept for validation.',
      ...measured.flatMap(({ paper: { name }, runs }) => runs.flatMap((run) => describeSmall(name, run))),
    ],
    figures: measured.map(({ paper: { name, network, published }, runs }) => ({ name, network, published, runs })),
  });
}

async function measure(place: Place, paper: Paper, recipe: Recipe, seed: number): Promise<Measured> {
  const { folder, data } = place;
  const untrained = join(folder, `${paper.network}-${seed}.model`);
  writeModelFile(untrained, buildStarter(paper.network, seed));
  const settings = TrainSettings.parse({ ...paper.training, seed });
  const trained = await once(folder, `dense-${paper.network}-${seed}`, settings, async () => {
    const result = await work(place, { kind: 'train', model: untrained, data, settings, exportTo: null }, 'train');
    const model = join(folder, `trained-${paper.network}-${seed}.model`);
    writeFileSync(model, readFileSync(result.artifact.path));
    return { model, accuracy: result.test.accuracy };
  });
  const model = paper.from === 'untrained' ? untrained : trained.model;
  const order = { kind: 'prune', model, data, recipe: { ...recipe, seed }, exportTo: null } as const;
  const result = await work(place, recipe.distill === true ? { ...order, teacher: model } : order, 'prune');
  const error = (accuracy: number | null | undefined) => 100 * (1 - (accuracy ?? Number.NaN));
  // A ticket's dense network is the one that its own first round has trained.
  const dense = paper.from === 'untrained' ? result.rounds[0]?.after?.accuracy : trained.accuracy;
  const pruned = join(folder, `pruned-${paper.name}-${seed}.model`);
  writeFileSync(pruned, readFileSync(result.artifact.path));
  return {
    seed,
    dense: error(dense),
    pruned: error(result.after.accuracy),
    validation: error(result.rounds.at(-1)?.validationAccuracy),
    ratio: result.before.parameters / result.after.nonzero,
    macs: { before: result.before.macs, after: result.after.macs },
    bytes: { before: result.before.bytes.raw, after: result.after.bytes.raw },
    ...(paper.smaller === undefined ? {} : { small: await measureSmall(place, { model, pruned, recipe }) }),
  };
}

/** Files of both networks, and their latency in turns: the probe's network has the shapes of the pruned one. */
async function measureSmall(
  place: Place,
  { model, pruned, recipe }: { readonly model: string; readonly pruned: string; readonly recipe: Recipe },
): Promise<NonNullable<Measured['small']>> {
  const fileBytes = async (from: string) => {
    const exportTo = { format: 'onnx', path: `${from}.onnx`, weights: 'float32', acceptDifference: null } as const;
    const { files } = await work(place, { kind: 'export', model: from, data: null, exportTo }, 'export');
    return files.reduce((sum, { bytes }) => sum + bytes, 0);
  };
  const file = { before: await fileBytes(model), after: await fileBytes(pruned) };
  const { runtimes } = await work(place, { kind: 'probe', model, recipe }, 'probe');
  return { file, runtimes };
}

/** What a structured pruning still owes: work and files so many times smaller, and one runtime that is faster beyond doubt with every seed. */
function unfulfilled(runs: readonly Measured[], smaller: NonNullable<Paper['smaller']>): string[] {
  const least = (pairs: readonly (Pair | undefined)[]) =>
    Math.min(...pairs.map((pair) => (pair === undefined ? 0 : pair.before / pair.after)));
  const macs = least(runs.map((run) => run.macs));
  const file = least(runs.map(({ small }) => small?.file));
  const faster = Runtime.options.some((wanted) =>
    runs.every(({ small }) => small?.runtimes.some(({ runtime, verdict }) => runtime === wanted && verdict === 'faster')),
  );
  return [
    ...(macs >= smaller.macs ? [] : [`MACs only ${macs.toFixed(2)} × fewer`]),
    ...(file >= smaller.file ? [] : [`file only ${file.toFixed(2)} × smaller`]),
    ...(faster ? [] : ['no runtime faster beyond doubt']),
  ];
}

function describeSmall(name: string, { seed, macs, small }: Measured): string[] {
  if (small === undefined) return [];
  const ratio = ({ before, after }: Pair) => `${(before / after).toFixed(2)} ×`;
  const speeds = small.runtimes.map(
    ({ runtime, version, before, after, speedup: { median, low, high } }) =>
      `${runtime} ${version} ${median.toFixed(2)} × faster, ${low.toFixed(2)} to ${high.toFixed(2)} (${before.toFixed(3)} → ${after.toFixed(3)} ms)`,
  );
  return [`${name}, seed ${seed}: ${ratio(macs)} fewer MACs, ONNX file ${ratio(small.file)} smaller; one image: ${speeds.join('; ')}.`];
}

/** The answer of `make`, or what it was when the same was asked before. */
async function once<T>(folder: string, name: string, question: unknown, make: () => Promise<T>): Promise<T> {
  const path = join(folder, `${name}.json`);
  const asked = JSON.stringify(question);
  if (existsSync(path)) {
    const kept = JSON.parse(readFileSync(path, 'utf8')) as { asked: string; answer: T };
    if (kept.asked === asked) return kept.answer;
  }
  const answer = await make();
  writeFileSync(path, JSON.stringify({ asked, answer }));
  return answer;
}

async function work<K extends EngineTask['kind']>({ folder, threads }: Place, task: EngineTask, kind: K): Promise<Result<K>> {
  const main = (name: string) => resolve(import.meta.dirname, `../../src-main/${name}/main.ts`);
  const workspace = join(folder, `work-${process.pid}`);
  rmSync(workspace, { recursive: true, force: true });
  mkdirSync(workspace);
  const spawn = forkSpawner({ engine: main('engine'), importer: main('importer') });
  const end = await runEngine(spawn, { task, workspace, threads, hear: () => undefined }).ended;
  if (end.kind !== 'done') throw new Error(`the engine ended with ${JSON.stringify(end)}`);
  if (end.result.kind !== kind) throw new Error(`asked for ${kind}, the engine answered with ${end.result.kind}`);
  return end.result as Result<K>;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function deviation(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const middle = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1));
}
