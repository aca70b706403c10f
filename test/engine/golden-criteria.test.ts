// Every criterion's scores against PyTorch's autograd and Torch-Pruning's importances, on one small network (golden/criteria.py).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { Recipe } from '#contract/recipe.ts';
import { writeDatasetFile } from '#formats/dataset-file.ts';
import { openBatches } from '#main/engine/data/batches.ts';
import { openNetwork, type Network } from '#main/engine/models/open-network.ts';
import { loadTensorflow } from '#main/engine/runtime/load-tensorflow.ts';
import { CompiledStep } from '#main/engine/training/compiled/compiled-step.ts';
import { EagerStep } from '#main/engine/training/eager-step.ts';
import type { TrainingStep } from '#main/engine/training/training-step.ts';
import { gatherEvidence } from '#main/engine/scoring/gather-evidence.ts';
import { channelGroups } from '#network/channel-groups.ts';
import { withWeights } from '#network/edit-artifact.ts';
import { initialise } from '#network/initialise.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { channelScores } from '#pruning/channel-scores.ts';
import { noEvidence, type Evidence } from '#pruning/evidence.ts';
import { selectMasks } from '#pruning/recipe-masks.ts';
import { asLayer, bn, conv, dense, graph, relu } from '../pruning/graphs.ts';
import { layer } from '../pruning/networks.ts';
import { contextFor } from './in-process.ts';
import { scratchFolder } from './run-engine.ts';
import { ruleOf } from './step-rules.ts';

const Scores = z.record(z.string(), z.record(z.string(), z.array(z.number())));
const golden = z
  .object({ weights: Scores, channels: Scores, movement: Scores })
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, 'golden/criteria.json'), 'utf8')));

const artifact = network();
const folder = scratchFolder();
const context = contextFor(folder, () => undefined);
const data = writeData();
/** Twelve samples in two batches of six, as the script has them. */
const base = { scoreSamples: 12, batch: 6, seed: 1 };
/** Twelve of twelve samples in the order of seed 1, as the script lists them. */
const drawn = [1, 6, 9, 0, 4, 7, 11, 10, 5, 2, 8, 3];
const tf = loadTensorflow();
const batches = openBatches(
  tf,
  {
    inputs: { name: 'inputs', dtype: 'float32', shape: [12, 6, 6, 2], data: wave(20, 12 * 72, 1) },
    labels: Int32Array.from({ length: 12 }, (_, at) => at % 3),
  },
  { scale: 1, offset: 0 },
  [6, 6, 2],
);

for (const criterion of ['gradient', 'taylor', 'snip'] as const) {
  test(`${criterion} of each single weight`, async () => {
    const evidence = await gatherEvidence(context, artifact, Recipe.parse({ ...base, criterion }), data);
    for (const [kernel, wanted] of Object.entries(golden.weights[criterion]!))
      near(Array.from(evidence.get(kernel)!, Math.abs), wanted, kernel);
  });
}

for (const [name, criterion, normalise] of [
  ['magnitude', 'magnitude', 'none'],
  ['magnitude-max', 'magnitude', 'max'],
  ['magnitude-mean', 'magnitude', 'mean'],
  ['l2', 'l2', 'none'],
  ['geometric-median', 'geometric-median', 'none'],
  ['bn-scale', 'bn-scale', 'auto'],
  ['gradient', 'gradient', 'auto'],
  ['taylor', 'taylor', 'auto'],
  ['snip', 'snip', 'auto'],
  ['apoz', 'apoz', 'auto'],
] as const) {
  test(`${name} of each channel`, async () => {
    const recipe = Recipe.parse({ ...base, granularity: 'filter', criterion, normalise });
    const evidence = ['gradient', 'taylor', 'snip', 'apoz'].includes(criterion)
      ? await gatherEvidence(context, artifact, recipe, data)
      : noEvidence;
    for (const [id, wanted] of Object.entries(golden.channels[name]!)) {
      const group = channelGroups(artifact).find((one) => one.group.id === id)!;
      near([...channelScores(artifact, group, recipe, evidence)], wanted, id);
    }
  });
}

for (const kind of ['eager', 'compiled'] as const) {
  test(`${kind}: movement over five steps, of which three are under masks chosen by it`, async () => {
    const { network, step } = await begin(kind);
    const evidence = (): Evidence =>
      new Map(
        step
          .captureSlots()
          .flatMap(({ name, data: moved }) => (moved instanceof Float32Array ? [[name.replace(/\/movement$/, ''), moved]] : [])),
      );
    const recipe = Recipe.parse({ criterion: 'movement', schedule: 'polynomial', scope: 'layer', sparsity: 0.5 });
    for (let at = 0; at < 5; at++) {
      if (at === 2) step.setMasks(selectMasks(network.capture(), recipe, 0.5, evidence()).masks);
      const batch = batches.gather((at % 2) * 6, (at % 2) * 6 + 6, drawn);
      step.run(batch, at, 0.05);
      batch.dispose();
    }
    step.publish('beneath');
    const weights = new Map(network.capture().weights.map(({ name, data: values }) => [name, values]));
    step.publish();
    const seen = new Map(network.capture().weights.map(({ name, data: values }) => [name, values]));
    for (const [kernel, wanted] of Object.entries(golden.movement['scores']!)) {
      near([...evidence().get(kernel)!], wanted, `movement of ${kernel}`);
      near([...weights.get(kernel)!], golden.movement['beneath']![kernel]!, `${kernel} beneath its mask`);
      const masks = golden.movement['masks']![kernel]!;
      near(
        [...seen.get(kernel)!],
        golden.movement['beneath']![kernel]!.map((value, index) => value * masks[index]!),
        kernel,
      );
    }
    step.dispose();
    network.dispose();
  });
}

test('apoz of the channels of a nested model', async () => {
  const recipe = Recipe.parse({ ...base, granularity: 'filter', criterion: 'apoz' });
  const nested = network(true);
  const evidence = await gatherEvidence(context, nested, recipe, data);
  const group = channelGroups(nested).find((one) => one.group.producers.includes('two'))!;
  near([...channelScores(nested, group, recipe, evidence)], golden.channels['apoz']!['two']!, 'two');
});

/** To 1e-4 of the largest. */
function near(found: readonly number[], wanted: readonly number[], what: string): void {
  assert.equal(found.length, wanted.length);
  const scale = wanted.reduce((most, score) => Math.max(most, Math.abs(score)), 0);
  found.forEach((score, at) => assert.ok(Math.abs(score - wanted[at]!) <= 1e-4 * scale, `${what}[${at}]: ${score}, not ${wanted[at]}`));
}

/** Number i of tensor `index`: offset + size · sin(1 + 0.7 · i + 13 · index). */
function wave(index: number, length: number, size = 0.5, offset = 0): Float32Array {
  return Float32Array.from({ length }, (_, at) => offset + size * Math.sin(1 + 0.7 * at + 13 * index));
}

async function begin(kind: 'eager' | 'compiled'): Promise<{ network: Network; step: TrainingStep }> {
  const opened = await openNetwork({ tf }, artifact);
  const moving = new Set(Object.keys(golden.movement['scores']!));
  const options = { loss: opened.loss, rule: ruleOf('sgd'), seed: 1, beneath: 'frozen' as const, moving, inputShape: [6, 6, 2] };
  return {
    network: opened,
    step: kind === 'eager' ? new EagerStep(tf, opened.loaded, options) : new CompiledStep(tf, opened.loaded, options, 6),
  };
}

/** `nested`: its second convolution and what follows lie in a model of their own. */
function network(nested = false): ModelArtifact {
  const inner = graph(
    { given: [4, 4, 4] },
    [
      [conv('two', 5, { kernel_size: [1, 1] }), ['given']],
      [relu('last'), ['two']],
    ],
    ['last'],
  );
  const topology = graph(
    { input: [6, 6, 2] },
    [
      [conv('one', 4, { padding: 'valid' }), ['input']],
      [bn('norm'), ['one']],
      [relu('fires'), ['norm']],
      ...(nested
        ? [[asLayer('block', inner), ['fires']] as const]
        : [[conv('two', 5, { kernel_size: [1, 1] }), ['fires']] as const, [relu('last'), ['two']] as const]),
      [layer('Flatten', 'flat'), [nested ? 'block:1' : 'last']],
      [dense('answer', 3, { activation: 'softmax' }), ['flat']],
    ],
    ['answer'],
  );
  return withWeights(
    initialise(topology, 1),
    new Map([
      ['one/kernel', wave(0, 72)],
      ['one/bias', wave(1, 4)],
      ['norm/gamma', wave(2, 4, 0.5, 0.3)],
      ['norm/beta', wave(3, 4, 0.3, 0.3)],
      ['norm/moving_mean', wave(4, 4, 0.2)],
      ['norm/moving_variance', wave(5, 4, 0.5, 1)],
      ['two/kernel', wave(6, 20)],
      ['two/bias', wave(7, 5, 0.5, 0.2)],
      ['answer/kernel', wave(8, 240)],
      ['answer/bias', wave(9, 3)],
    ]),
  );
}

function writeData(): string {
  const path = join(folder, 'data.espalier');
  const split = {
    inputs: { name: 'inputs', dtype: 'float32' as const, shape: [12, 6, 6, 2], data: wave(20, 12 * 72, 1) },
    labels: Int32Array.from({ length: 12 }, (_, at) => at % 3),
  };
  const counts = { train: 12, validation: 12, test: 12 };
  const summary = { name: 'waves', sampleShape: [6, 6, 2], classes: ['0', '1', '2'], counts, balance: [12, 12, 12], credit: null };
  writeDatasetFile(path, {
    summary: { ...summary, range: [-1, 1] },
    scale: 1,
    offset: 0,
    splits: { train: split, validation: split, test: split },
  });
  return path;
}
