// Keras's own applications: channels of every group are killed in Keras, pruned by L1 at that ratio, and real Keras gets the same answers from what is left.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { Recipe } from '#contract/recipe.ts';
import { writeKeras } from '#formats/keras/write-keras.ts';
import { readModel } from '#formats/read-model.ts';
import { ensurePython } from '#main/setup/python-environment.ts';
import { channelGroups, type DependencyGroup } from '#network/channel-groups.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { shuffledOrder } from '#network/random.ts';
import { channelScores } from '#pruning/channel-scores.ts';
import { selectChannels } from '#pruning/channel-selection.ts';
import { compactChannels } from '#pruning/compact.ts';

const SHARE = 0.2;
/** Of the range of the answers. */
const TOLERANCE = 1e-4;
const applications = [
  'ResNet50',
  'ResNet50V2',
  'MobileNetV2',
  'MobileNetV3Small',
  'DenseNet121',
  'EfficientNetB0',
  'InceptionV3',
  'Xception',
  'NASNetMobile',
  'ConvNeXtTiny',
] as const;

const folder = mkdtempSync(join(tmpdir(), 'espalier-surgery-'));
after(() => rmSync(folder, { recursive: true, force: true }));
let ask: (command: string, ...names: readonly string[]) => string;
before(async () => {
  const python = await ensurePython(resolve(import.meta.dirname, 'requirements.txt'), (line) => console.error(line));
  const script = resolve(import.meta.dirname, 'surgery-keeps-answers.py');
  ask = (command, ...names) =>
    execFileSync(python, [script, command, folder, ...names], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  ask('make', ...applications);
});

const at = (name: string, ending: string) => join(folder, `${name}${ending}`);
/** Groups whose every producer makes all of their channels, so that Keras's channel c is the group's channel c. */
const prunable = (artifact: ModelArtifact) => channelGroups(artifact).filter(({ group, shares }) => group.prunable && shares.length === 0);

/** A fifth of the group's channels. */
function chooseDead({ group }: DependencyGroup, seed: number): number[] {
  const dead = shuffledOrder(group.channels, seed, 0).subarray(0, Math.round(SHARE * group.channels));
  return [...dead].sort((one, other) => one - other);
}

test(`a fifth of every group dead in ${applications.join(', ')}`, async (context) => {
  const dead = new Map<string, ReadonlyMap<string, readonly number[]>>();
  for (const name of applications) {
    const groups = prunable((await readModel(at(name, '.keras'))).artifact);
    const chosen = groups.map((group, index) => ({ ...group.group, dead: chooseDead(group, index) }));
    writeFileSync(at(name, '.dead.json'), JSON.stringify(chosen));
    dead.set(name, new Map(chosen.filter((group) => group.dead.length > 0).map((group) => [group.id, group.dead])));
  }
  ask('kill', ...applications);
  const parameters = new Map<string, number>();
  for (const name of applications) {
    const { artifact } = await readModel(at(name, '.whole.keras'));
    const ids = new Set(prunable(artifact).map(({ group }) => group.id));
    const granularities = [...new Set(prunable(artifact).map(({ group }) => group.granularity))];
    const removal = new Map(
      granularities.flatMap((granularity) => [
        ...[...selectChannels(artifact, Recipe.parse({ granularity, scope: 'layer', sparsity: SHARE }), SHARE)].filter(([id]) =>
          ids.has(id),
        ),
      ]),
    );
    assert.deepEqual(new Map([...removal].sort()), new Map([...(dead.get(name) ?? [])].sort()), `${name}: exactly the dead channels go`);
    const small = compactChannels(artifact, removal);
    for (const group of channelGroups(small))
      assert.ok(
        !group.group.prunable || channelScores(small, group, Recipe.parse({})).every((score) => score > 0),
        `${name}: ${group.group.id} has dead channels left`,
      );
    parameters.set(
      name,
      small.weights.reduce((sum, { data }) => sum + data.length, 0),
    );
    await writeKeras(at(name, '.small.keras'), small);
  }
  const rows = ask('compare', ...applications)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { name: string; difference: number; range: number; parameters: number });
  assert.equal(rows.length, applications.length);
  for (const row of rows)
    context.diagnostic(`${row.name}: ${(row.difference / row.range).toExponential(1)} of the answers' range, ${row.parameters} parameters`);
  for (const row of rows) {
    assert.ok(row.range > 1e-6, `${row.name}: all its answers are alike`);
    assert.ok(row.difference <= TOLERANCE * row.range, `${row.name}: ${row.difference} apart, of a range of ${row.range}`);
    assert.equal(row.parameters, parameters.get(row.name), `${row.name}: parameters as Keras counts them`);
  }
});
