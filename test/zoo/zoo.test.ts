// The zoo: what Keras, PyTorch, tf2onnx and skl2onnx write comes in with equal answers, is pruned, goes out in every format, and answers there as here.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { ExportFormat } from '#contract/nouns.ts';
import { StudioError } from '#contract/errors.ts';
import { readModel } from '#formats/read-model.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { contextFor } from '../engine/in-process.ts';
import { apart, predict, readAnswers, type Numbers } from './answers.ts';
import { makeZoo, zooPython, type ZooModel } from './make-zoo.ts';
import { exported, prunedByFilters, prunedByWeights, writeInputs } from './stages.ts';

const run = promisify(execFile);
const root = mkdtempSync(join(tmpdir(), 'zoo-'));
after(() => rmSync(root, { recursive: true, force: true }));

/** The largest relative difference, why the stage was refused, or nothing where it does not apply. */
type Result = number | StudioError | undefined;
interface Row {
  readonly model: ZooModel;
  readonly bound: number;
  readonly stages: Map<string, Result>;
}
interface Asked {
  readonly row: Row;
  readonly runtime: string;
  readonly file: string;
  readonly inputs: string;
  readonly answers: string;
  readonly expected: readonly Numbers[];
}

/** As a share of the answers' range: more layers add up more rounding, and Keras computes one of the models in half precision. */
function boundOf({ name, layers }: ZooModel): number {
  return name === 'mixed_precision' || layers > 50 ? 1e-3 : 1e-4;
}

test('every model of the zoo answers as where it comes from, and so does what it is exported to', async (context) => {
  const python = await zooPython((line) => console.error(line));
  const only = process.env['ESPALIER_ZOO_ONLY'];
  const models = (await makeZoo(python, (line) => console.error(line))).filter(
    ({ file }) => only === undefined || new RegExp(only).test(basename(file)),
  );
  const work = contextFor(join(root, 'work'), () => undefined);
  mkdirSync(work.workspace, { recursive: true });
  const asked: Asked[] = [];
  const rows: Row[] = [];
  for (const model of models) {
    const row: Row = { model, bound: boundOf(model), stages: new Map() };
    rows.push(row);
    if (model.fault !== undefined) continue;
    const began = performance.now();
    await stage(row, 'import', async () => {
      const { artifact } = await readModel(model.file);
      const { inputs, answers } = await readAnswers(model.answers);
      row.stages.set('import', apart(await predict(artifact, inputs), answers));
      const pruned = await prune(row, artifact, inputs);
      const expected = await predict(pruned, inputs);
      const folder = join(root, `${rows.length}`);
      mkdirSync(folder, { recursive: true });
      const given = writeInputs(folder, inputs);
      for (const format of ExportFormat.options) {
        await stage(row, format, async () => {
          const made = await exported(work, format, pruned, inputs, folder);
          if (made?.answers !== undefined) row.stages.set(format, apart(made.answers, expected));
          for (const { runtime, file } of made?.asked ?? [])
            asked.push({ row, runtime, file, inputs: given, answers: join(folder, `${runtime}.npz`), expected });
        });
      }
    });
    context.diagnostic(`${basename(model.file)}: ${((performance.now() - began) / 1000).toFixed(1)} s`);
  }
  await replay(python, asked);
  print(rows);
  const failed = rows.flatMap(({ model, bound, stages }) => [
    ...(model.fault === undefined ? [] : [`${basename(model.file)} was not made: ${model.fault}`]),
    ...[...stages].flatMap(([name, result]) => {
      const bad =
        result instanceof StudioError ? result.code !== 'unsupported' || name === 'import' : result !== undefined && !(result <= bound);
      return bad
        ? [
            `${basename(model.file)}, ${name}: ${result instanceof StudioError ? `${result.message} ${result.where ?? ''}` : String(result)}`,
          ]
        : [];
    }),
  ]);
  assert.deepEqual(failed, []);
});

/** What is refused says so; anything else that is thrown is a fault. */
async function stage(row: Row, name: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (thrown) {
    row.stages.set(name, StudioError.from(thrown));
  }
}

async function prune(row: Row, artifact: ModelArtifact, inputs: readonly Numbers[]): Promise<ModelArtifact> {
  const sparse = prunedByWeights(artifact);
  const smaller = prunedByFilters(sparse);
  if (smaller === undefined) return sparse;
  row.stages.set('prune', apart(await predict(smaller.compacted, inputs), await predict(smaller.masked, inputs)));
  return smaller.compacted;
}

/** One Python for all: TensorFlow takes seconds to start. */
async function replay(python: string, asked: readonly Asked[]): Promise<void> {
  const list = join(root, 'cases.json');
  writeFileSync(list, JSON.stringify(asked.map(({ runtime, file, inputs, answers }) => ({ runtime, file, inputs, answers }))));
  const { stdout } = await run(python, [join(import.meta.dirname, 'replay.py'), list], { maxBuffer: 2 ** 28 });
  const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
  assert.equal(lines.length, asked.length);
  for (const [at, line] of lines.entries()) {
    const { fault }: { fault?: string } = JSON.parse(line);
    const { row, runtime, answers, expected } = asked[at]!;
    if (fault === undefined) row.stages.set(runtime, apart((await readAnswers(answers)).answers, expected));
    else row.stages.set(runtime, new StudioError('internal', fault));
  }
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
  console.log(
    line(
      'largest relative difference',
      columns.map((name) => (name === 'h5 in Keras 2' ? 'h5 (2)' : name.slice(0, 8))),
    ),
  );
  for (const { model, stages } of rows)
    console.log(
      line(
        basename(model.file),
        columns.map((name) => shown(stages.get(name))),
      ),
    );
  for (const { model, stages } of rows)
    for (const [name, result] of stages)
      if (result instanceof StudioError) console.log(`${basename(model.file)}, ${name}: ${result.message} (${result.where ?? ''})`);
}
