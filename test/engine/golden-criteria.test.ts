// Every criterion's scores against PyTorch's autograd and Torch-Pruning's importances, on one small network (golden/criteria.py).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { Recipe } from '#contract/recipe.ts';
import { writeDatasetFile } from '#formats/dataset-file.ts';
import { gatherEvidence } from '#main/engine/scoring/gather-evidence.ts';
import { channelGroups } from '#network/channel-groups.ts';
import { withWeights } from '#network/edit-artifact.ts';
import { initialise } from '#network/initialise.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { channelScores } from '#pruning/channel-scores.ts';
import { noEvidence } from '#pruning/evidence.ts';
import { bn, conv, dense, graph, relu } from '../pruning/graphs.ts';
import { layer } from '../pruning/networks.ts';
import { contextFor } from './in-process.ts';
import { scratchFolder } from './run-engine.ts';

const Scores = z.record(z.string(), z.record(z.string(), z.array(z.number())));
const golden = z
  .object({ weights: Scores, channels: Scores })
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, 'golden/criteria.json'), 'utf8')));

const artifact = network();
const folder = scratchFolder();
const context = contextFor(folder, () => undefined);
const data = writeData();
/** Twelve samples in two batches of six, as the script has them. */
const base = { scoreSamples: 12, batch: 6, seed: 1 };

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

function network(): ModelArtifact {
  const topology = graph(
    { input: [6, 6, 2] },
    [
      [conv('one', 4, { padding: 'valid' }), ['input']],
      [bn('norm'), ['one']],
      [relu('fires'), ['norm']],
      [conv('two', 5, { kernel_size: [1, 1] }), ['fires']],
      [relu('last'), ['two']],
      [layer('Flatten', 'flat'), ['last']],
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
