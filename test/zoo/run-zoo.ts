// One part of the zoo: its models come in with equal answers, are pruned, go out in every format, and answer there as here; a table of all.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, test } from 'node:test';
import { ExportFormat } from '#contract/nouns.ts';
import { StudioError } from '#contract/errors.ts';
import { readModel } from '#formats/read-model.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { contextFor } from '../engine/in-process.ts';
import { apart, predict, readAnswers, type Numbers } from './answers.ts';
import { startRuntimes, type Runtimes } from './ask-runtimes.ts';
import { makeZoo, zooPython, type ZooMaker, type ZooModel } from './make-zoo.ts';
import { exported, prunedByFilters, prunedByWeights, writeInputs } from './stages.ts';

/** The largest relative difference, why the stage was refused, or nothing where it does not apply. */
type Result = number | StudioError | undefined;
interface Row {
  readonly model: ZooModel;
  readonly bound: number;
  readonly stages: Map<string, Result>;
  /** The file of the same model that has gone through the other stages already. */
  same?: string;
}
/** All models, and TensorFlow.js as it comes; without it the models that keep the time of a suite among others. */
const whole = process.env['ESPALIER_ZOO_WHOLE'] === '1';
/** Odd ones, one for each trait, whose layers are all in other models too. */
const odd =
  /^(channels_first|axes|directions|windows|masked_words|transformer|vision_transformer|chained_models|masked_attention|along_axes|slices|odd_names|rms_and_group|identity_layers|encoder|pieces|torch_transformer|states|mixing)$/;
/** How many models may wait for other programs: their files are large. */
const mostWaiting = 3;

/** As a share of the answers' range: more layers add up more rounding, and Keras computes one of the models in half precision. */
function boundOf({ name, layers }: ZooModel): number {
  return name === 'mixed_precision' || layers > 50 ? 1e-3 : 1e-4;
}

/** Defines the test of this part. */
export function runZoo(what: string, ...makers: readonly ZooMaker[]): void {
  const root = mkdtempSync(join(tmpdir(), 'zoo-'));
  after(() => rmSync(root, { recursive: true, force: true }));
  test(`${what}: every model answers as where it comes from, and so does what it is exported to`, async (context) => {
    const report = (line: string): void => console.error(line);
    const python = await zooPython(report);
    const only = new RegExp(process.env['ESPALIER_ZOO_ONLY'] ?? '');
    const models = (await makeZoo(python, makers, report)).filter(
      ({ name, file }) => only.test(basename(file)) && (whole || !odd.test(name)),
    );
    const runtimes = startRuntimes(python);
    context.after(() => runtimes.end());
    const waiting = new Set<Promise<void>>();
    const rows: Row[] = [];
    let before: { readonly row: Row; readonly artifact: ModelArtifact } | undefined;
    for (const model of models) {
      const row: Row = { model, bound: boundOf(model), stages: new Map() };
      rows.push(row);
      if (model.fault !== undefined) continue;
      const began = performance.now();
      const folder = join(root, `${rows.length}`);
      await stage(row, 'import', async () => {
        const { artifact } = await readModel(model.file);
        const { inputs, answers } = await readAnswers(model.answers);
        row.stages.set('import', apart(await predict(artifact, inputs), answers));
        if (before?.row.model.name === model.name && sameNetwork(before.artifact, artifact)) {
          row.same = basename(before.row.model.file);
          return;
        }
        before = { row, artifact };
        const { answered } = await goOut(row, artifact, inputs, folder, runtimes);
        const done = answered.then(() => {
          waiting.delete(done);
          rmSync(folder, { recursive: true, force: true });
        });
        waiting.add(done);
        if (waiting.size >= mostWaiting) await Promise.race(waiting);
      });
      context.diagnostic(`${basename(model.file)}: ${((performance.now() - began) / 1000).toFixed(1)} s`);
    }
    await Promise.all(waiting);
    context.diagnostic([...runtimes.seconds].map(([runtime, seconds]) => `${runtime} ${seconds.toFixed(0)} s`).join(', '));
    print(rows);
    assert.deepEqual(rows.flatMap(faults), []);
  });
}

/** Pruned and exported. @returns once all files are written; `answered` is done when the other runtimes have them behind them. */
async function goOut(
  row: Row,
  artifact: ModelArtifact,
  inputs: readonly Numbers[],
  folder: string,
  runtimes: Runtimes,
): Promise<{ readonly answered: Promise<unknown> }> {
  mkdirSync(folder, { recursive: true });
  const context = contextFor(join(folder, 'work'), () => undefined);
  mkdirSync(context.workspace, { recursive: true });
  const pruned = await prune(row, artifact, inputs);
  const expected = await predict(pruned, inputs);
  const given = writeInputs(folder, inputs);
  const asked: Promise<void>[] = [];
  for (const format of ExportFormat.options) {
    await stage(row, format, async () => {
      const made = await exported(context, format, pruned, inputs, folder);
      if (made?.answers !== undefined) row.stages.set(format, apart(made.answers, expected));
      for (const { runtime, file } of made?.asked ?? [])
        asked.push(
          stage(row, runtime, async () => {
            const ask = async (): Promise<number> =>
              apart(
                runtime === 'tfjs' && !whole
                  ? await predict((await readModel(file)).artifact, inputs)
                  : await runtimes.ask({ runtime, file, inputs: given, answers: join(folder, `${runtime}.npz`) }),
                expected,
              );
            const first = await ask();
            // A file that is wrong is wrong each time; a runtime that answers one file in two ways is told, and its second answer taken.
            const difference = first <= row.bound ? first : await ask();
            if (difference <= row.bound && first > row.bound)
              console.error(`${file} in ${runtime}: ${first} at first, ${difference} when asked again`);
            row.stages.set(runtime, difference);
          }),
        );
    });
  }
  return { answered: Promise.all(asked) };
}

async function prune(row: Row, artifact: ModelArtifact, inputs: readonly Numbers[]): Promise<ModelArtifact> {
  const sparse = prunedByWeights(artifact);
  const smaller = prunedByFilters(sparse);
  if (smaller === undefined) return sparse;
  row.stages.set('prune', apart(await predict(smaller.compacted, inputs), await predict(smaller.masked, inputs)));
  return smaller.compacted;
}

/** What is refused says so; anything else that is thrown is a fault. */
async function stage(row: Row, name: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (thrown) {
    row.stages.set(name, StudioError.from(thrown));
  }
}

/** Two files of one model need not both be exported. */
function sameNetwork(one: ModelArtifact, other: ModelArtifact): boolean {
  return (
    JSON.stringify(one.topology) === JSON.stringify(other.topology) &&
    one.weights.length === other.weights.length &&
    one.weights.every(({ name, data }, at) => {
      const its = other.weights[at]!;
      return name === its.name && Buffer.compare(bytesOf(data), bytesOf(its.data)) === 0;
    })
  );
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
}

function faults({ model, bound, stages }: Row): string[] {
  const file = basename(model.file);
  if (model.fault !== undefined) return [`${file} was not made: ${model.fault}`];
  return [...stages].flatMap(([name, result]) => {
    if (result instanceof StudioError)
      return result.code === 'unsupported' && name !== 'import'
        ? []
        : [`${file}, ${name}: ${result.message} ${result.where ?? ''} ${String(result.cause ?? '')}`];
    return result === undefined || result <= bound ? [] : [`${file}, ${name}: ${result}`];
  });
}

function print(rows: readonly Row[]): void {
  const columns = ['import', 'prune', 'keras', 'h5', 'h5 in Keras 2', 'tfjs', 'savedmodel', 'onnx', 'tflite', 'c'];
  const shown = (result: Result): string =>
    result === undefined
      ? '—'
      : result instanceof StudioError
        ? result.code === 'unsupported'
          ? 'refused'
          : 'FAULT'
        : result.toExponential(0);
  const line = (name: string, cells: readonly string[]): string => [name.padEnd(34), ...cells.map((cell) => cell.padStart(8))].join(' ');
  const titles = columns.map((name) => (name === 'h5 in Keras 2' ? 'h5 (2)' : name.slice(0, 8)));
  console.log(line('largest relative difference', titles));
  for (const { model, stages, same } of rows) {
    const cells = columns.map((name) => shown(stages.get(name)));
    console.log(
      same === undefined ? line(basename(model.file), cells) : `${line(basename(model.file), cells.slice(0, 1))} then as ${same}`,
    );
  }
  for (const { model, stages } of rows)
    for (const [name, result] of stages)
      if (result instanceof StudioError) console.log(`${basename(model.file)}, ${name}: ${result.message} (${result.where ?? ''})`);
}
