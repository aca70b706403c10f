// Rounds of pruning: what each removes, what a rewound one begins with, where a floor stops them, and that a kill changes nothing.
import assert from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { EngineResult, EngineTask, FromEngine } from '#contract/engine-messages.ts';
import { StudioError } from '#contract/errors.ts';
import { Recipe } from '#contract/recipe.ts';
import { readModelFile } from '#formats/model-file.ts';
import { runTask } from '#main/engine/run-task.ts';
import { contextFor } from './in-process.ts';
import { checkResumes, outcomeOf, runThroughKills } from './kill-and-resume.ts';
import { scratchFolder } from './run-engine.ts';
import { writeSmallData } from './small-data.ts';
import { writeNetwork } from './small-networks.ts';

type PruneTask = Extract<EngineTask, { kind: 'prune' }>;
type PruneResult = Extract<EngineResult, { kind: 'prune' }>;

const folder = scratchFolder();
after(() => rmSync(folder, { recursive: true, force: true }));
const model = writeNetwork(folder, 'everything');
const data = writeSmallData(folder);
/** Of 330 samples in batches of 32. */
const PER_EPOCH = 11;
/** The prunable weights of the network. */
const WEIGHTS = 9 * 6 + 96 * 16 + 16 * 3;

function pruning(recipe: object): PruneTask {
  return { kind: 'prune', model, data, exportTo: null, recipe: Recipe.parse({ batch: 32, rate: 0.01, ...recipe }) };
}

async function run(name: string, task: PruneTask): Promise<{ result: PruneResult; said: FromEngine[] }> {
  const place = join(folder, name);
  mkdirSync(place);
  const said: FromEngine[] = [];
  const result = await runTask(
    task,
    contextFor(place, (message) => said.push(message)),
  );
  assert.ok(result.kind === 'prune');
  return { result, said };
}

const notesOf = (said: readonly FromEngine[]) => said.flatMap((message) => (message.kind === 'note' ? [message.text] : []));

test('weights that may come back are warned of where the optimizer moves all of them alike', async () => {
  const recipe = { schedule: 'polynomial', sparsity: 0.5, splice: 0.5, epochs: 1 };
  const { said } = await run('wandering', pruning({ ...recipe, optimizer: 'adam' }));
  assert.match(notesOf(said).join(), /adam moves all of them .* Take momentum/);
  const { said: without } = await run('straight', pruning({ ...recipe, optimizer: 'momentum' }));
  assert.deepEqual(notesOf(without), []);
});

for (const rewindTo of [0, 5, PER_EPOCH + 4]) {
  test(`gone back to step ${rewindTo} without pruning anything, a second training is the first one over again, bit by bit`, async () => {
    const { result } = await run(`again-${rewindTo}`, pruning({ schedule: 'lottery-ticket', sparsity: 0, rounds: 1, epochs: 3, rewindTo }));
    const [first, second] = result.rounds;
    assert.deepEqual(second!.after, first!.after);
    // The scores of the epochs that were trained again are the same too, but for their times.
    const from = Math.floor(rewindTo / PER_EPOCH);
    const score = ({ loss, accuracy, valLoss }: PruneResult['epochs'][number]) => [loss, accuracy, valLoss];
    assert.equal(result.epochs.length, 6 - from);
    assert.deepEqual(result.epochs.slice(3).map(score), result.epochs.slice(from, 3).map(score));
    assert.deepEqual(
      result.epochs.map(({ epoch }) => epoch),
      Array.from({ length: 6 - from }, (_, index) => index + 1),
    );
  });
}

test('each round removes its share, its pruned and trained scores are told, and steps count on through all of them', async () => {
  const { result, said } = await run('iterative', pruning({ schedule: 'iterative', sparsity: 0.9, rounds: 3, epochs: 2 }));
  const shares = [1 - 0.1 ** (1 / 3), 1 - 0.1 ** (2 / 3), 0.9];
  result.rounds.forEach(({ round, sparsity, pruned, after: trained, validationAccuracy }, at) => {
    assert.equal(round, at + 1);
    assert.ok(Math.abs(sparsity - shares[at]!) < 1e-12);
    assert.ok(pruned !== null && trained !== null && validationAccuracy !== null);
  });
  result.epochs.forEach(({ sparsity }, at) => assert.equal(sparsity, Math.round(WEIGHTS * shares[Math.floor(at / 2)]!) / WEIGHTS));
  assert.deepEqual(result.pruned.accuracy, result.rounds[2]!.pruned!.accuracy);
  assert.deepEqual(result.after.accuracy, result.rounds[2]!.after!.accuracy);
  const steps = said.flatMap((message) => (message.kind === 'progress' ? message.points.map(({ step }) => step) : []));
  assert.deepEqual(
    steps,
    steps.toSorted((one, other) => one - other),
  );
  assert.equal(steps.at(-1), 6 * PER_EPOCH);
  const progress = said.flatMap((message) => (message.kind === 'progress' && message.progress.steps > 0 ? [message.progress] : []));
  for (const { steps: all, epochs } of progress) assert.deepEqual([all, epochs], [6 * PER_EPOCH, 6]);
});

test('channels pruned in rounds are those that compaction takes out, and it is proven', async () => {
  const { result } = await run(
    'channels',
    pruning({ schedule: 'lottery-ticket', granularity: 'filter', sparsity: 0.5, rounds: 2, epochs: 1, rewindTo: 3 }),
  );
  assert.equal(result.certificate?.verdict, 'equal');
  assert.equal(result.summary.layers.find(({ name }) => name === 'conv')?.channels, 3);
  assert.deepEqual(result.after.accuracy, result.rounds[2]!.after!.accuracy);
});

test('a floor stops the rounds: the last that held is the result, and the note says so', async () => {
  const task = pruning({ schedule: 'iterative', sparsity: 0.995, rounds: 6, epochs: 2, floor: 0.9, floorPoints: 60 });
  const { result, said } = await run('floor', task);
  const { floor, rounds } = result;
  assert.ok(floor !== null && floor.stopped && floor.keptRound !== null, JSON.stringify({ floor, rounds }));
  assert.deepEqual([floor.accuracy, floor.judgedOn], [0.9, 'validation']);
  const fallen = rounds.at(-1)!;
  assert.ok(fallen.validationAccuracy! < 0.9 && rounds.length < 6);
  for (const round of rounds.slice(0, -1)) assert.ok(round.validationAccuracy! >= 0.9);
  const kept = rounds[floor.keptRound - 1]!;
  assert.equal(kept, rounds.at(-2));
  assert.deepEqual([result.after.accuracy, result.pruned.accuracy], [kept.after!.accuracy, kept.pruned!.accuracy]);
  const zeros = readModelFile(result.artifact.path)
    .weights.filter(({ name }) => name.endsWith('kernel'))
    .reduce((sum, tensor) => sum + tensor.data.filter((value) => value === 0).length, 0);
  assert.equal(zeros, Math.round(WEIGHTS * kept.sparsity));
  assert.equal(notesOf(said).filter((note) => note.includes(`the result is the network of round ${kept.round}`)).length, 1);
});

test('where not even the first round holds, the network stays as it was; a dense first round always holds', async () => {
  const hopeless = { sparsity: 0.99, rounds: 2, epochs: 1, floor: 1 };
  const { result, said } = await run('hopeless', pruning({ schedule: 'iterative', ...hopeless }));
  assert.deepEqual([result.floor?.keptRound, result.rounds.length, result.after.nonzero], [null, 1, result.before.nonzero]);
  assert.match(notesOf(said).join(), /no round held/);
  const ticket = await run('hopeless-ticket', pruning({ schedule: 'lottery-ticket', ...hopeless }));
  assert.deepEqual([ticket.result.floor?.keptRound, ticket.result.rounds.length], [0, 2]);
  assert.deepEqual(ticket.result.after.accuracy, ticket.result.rounds[0]!.after!.accuracy);
});

test('pruned at initialisation: fresh weights of the seed, whatever was given', async () => {
  const trained = await run('trained', pruning({ epochs: 2, sparsity: 0 }));
  const again = { ...pruning({ reinitialise: true, epochs: 1, seed: 5 }), model: trained.result.artifact.path };
  const [one, other] = [await run('fresh-of-trained', again), await run('fresh', { ...again, model })];
  // The files differ in where their networks come from.
  const weights = ({ result }: typeof one) => readModelFile(result.artifact.path).weights;
  assert.deepEqual(weights(one), weights(other));
});

test('a step beyond the round is no step to go back to', async () => {
  await assert.rejects(
    run('beyond', pruning({ schedule: 'lottery-ticket', epochs: 1, rewindTo: PER_EPOCH })),
    (thrown: unknown) => thrown instanceof StudioError && thrown.where === 'rewindTo' && /only 11 steps/.test(thrown.message),
  );
});

for (const recipe of [
  { schedule: 'lottery-ticket', sparsity: 0.8, rounds: 2, epochs: 3, rewindTo: 14 },
  { schedule: 'iterative', sparsity: 0.995, rounds: 5, epochs: 2, floor: 0.9 },
  { schedule: 'polynomial', criterion: 'movement', sparsity: 0.8, epochs: 6, frequency: 5 },
  { schedule: 'polynomial', sparsity: 0.8, splice: 0.9, epochs: 6, frequency: 5 },
]) {
  test(`killed in each round and resumed: the same bytes, curves and rounds (${Object.values(recipe).join(', ')})`, async () => {
    const task = pruning(recipe);
    const name = `kill-${Object.values(recipe).join('-')}`;
    const [whole, killed] = await Promise.all([
      runThroughKills(task, join(folder, `${name}-whole`)),
      // Each process gets two checkpoints further than the last.
      runThroughKills(task, join(folder, name), (at) => (at < 4 ? { at: 'checkpoint', nth: 2, delayMs: 3 * at } : null)),
    ]);
    assert.ok(checkResumes(killed) >= 2, 'it was killed twice at least');
    assert.deepEqual(outcomeOf(killed), outcomeOf(whole));
  });
}
