// The patterns that networks are built of: what goes together in each, what stays and why, and that surgery changes no answer.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { channelGroups } from '#network/channel-groups.ts';
import { initialise } from '#network/initialise.ts';
import { elementCount } from '#network/layer-weights.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { maskChannels } from '#pruning/channel-masks.ts';
import type { Removal } from '#pruning/channel-selection.ts';
import { compactChannels } from '#pruning/compact.ts';
import { largestDifference, predictAllInTfjs } from '../network/run-in-tfjs.ts';
import { withoutMissingLayers } from '../network/without-missing-layers.ts';
import { inputsFor } from './graphs.ts';
import { shaken } from './networks.ts';
import { patterns } from './patterns.ts';
import { someRemoval } from './some-removal.ts';

for (const { what, topology, prunable, kept = {} } of patterns) {
  test(`${what}: ${Object.keys(prunable).join(', ')} can be pruned, masked and compacted answer the same within 1e-5`, async () => {
    const artifact = shaken(topology, 3);
    const groups = channelGroups(artifact).map(({ group }) => group);
    assert.deepEqual(Object.fromEntries(groups.filter((group) => group.prunable).map((group) => [group.id, group.channels])), prunable);
    const reasons = new Map(groups.filter((group) => group.id !== 'answer' && !group.prunable).map((group) => [group.id, group.why ?? '']));
    assert.deepEqual([...reasons.keys()].sort(), Object.keys(kept).sort());
    for (const [id, why] of Object.entries(kept)) assert.match(reasons.get(id) ?? '', why);
    for (let run = 0; run < 3; run++) {
      await assertSame(artifact, someRemoval(artifact, run));
    }
  });
}

/** Tensors fit their layers (a recount from the topology alone), and the answers are equal. */
async function assertSame(artifact: ModelArtifact, removal: Removal): Promise<void> {
  const compacted = compactChannels(artifact, removal);
  const recounted = new Map(initialise(compacted.topology, 1).weights.map(({ name, shape }) => [name, shape]));
  for (const { name, shape, data } of compacted.weights) {
    assert.deepEqual(shape, recounted.get(name), name);
    assert.equal(data.length, elementCount(shape), name);
  }
  const inputs = inputsFor(artifact, 5);
  const masked = await predictAllInTfjs(withoutMissingLayers(maskChannels(artifact, removal)), inputs);
  const difference = largestDifference(masked, await predictAllInTfjs(withoutMissingLayers(compacted), inputs));
  assert.ok(difference < 1e-5, `without ${JSON.stringify([...removal])} they differ by ${difference}`);
}
