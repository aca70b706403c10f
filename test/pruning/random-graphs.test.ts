// Random networks of all kinds of blocks at random ratios: shapes and counts fit, and masked and compacted answer the same.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Recipe } from '#contract/recipe.ts';
import { channelGroups } from '#network/channel-groups.ts';
import { initialise } from '#network/initialise.ts';
import { summariseNetwork } from '#network/summarise.ts';
import { maskChannels } from '#pruning/channel-masks.ts';
import { selectChannels } from '#pruning/channel-selection.ts';
import { compactChannels } from '#pruning/compact.ts';
import { largestDifference, predictAllInTfjs } from '../network/run-in-tfjs.ts';
import { withoutMissingLayers } from '../network/without-missing-layers.ts';
import { inputsFor } from './graphs.ts';
import { randomNetwork, randomPlan } from './random-network.ts';

const plan = fc.record({
  network: randomPlan,
  sparsity: fc.double({ min: 0.1, max: 0.9, noNaN: true }),
  scope: fc.constantFrom('global' as const, 'layer' as const),
});

test('100 random networks of up to 6 blocks', async () => {
  let pruned = 0;
  await fc.assert(
    fc.asyncProperty(plan, async ({ network, sparsity, scope }) => {
      const artifact = randomNetwork(network);
      if (!channelGroups(artifact).some(({ group }) => group.prunable && group.granularity === 'filter')) return;
      const removal = selectChannels(artifact, Recipe.parse({ granularity: 'filter', scope, sparsity }), sparsity);
      const compacted = compactChannels(artifact, removal);
      const fresh = initialise(compacted.topology, 1).weights;
      assert.deepEqual(
        compacted.weights.map(({ name, shape }) => [name, shape]).sort(),
        fresh.map(({ name, shape }) => [name, shape]).sort(),
      );
      assert.ok(compacted.weights.every(({ shape, data }) => data.length === shape.reduce((all, size) => all * size, 1)));
      const [before, after] = [summariseNetwork(artifact), summariseNetwork(compacted)];
      const gone = [...removal.values()].flat().length;
      assert.ok(gone === 0 ? after.parameters === before.parameters : after.parameters < before.parameters && after.macs < before.macs);
      // Where groups have come down to few channels each, whole groups are what can go next.
      if (!network.steps.some(({ block }) => block === 'grouped' || block === 'shuffle'))
        assert.deepEqual(
          after.groups.map(({ id, channels }) => [id, channels]),
          before.groups.map(({ id, channels }) => [id, channels - (removal.get(id)?.length ?? 0)]),
        );
      const inputs = inputsFor(artifact, 5);
      const masked = await predictAllInTfjs(withoutMissingLayers(maskChannels(artifact, removal)), inputs);
      const answers = await predictAllInTfjs(withoutMissingLayers(compacted), inputs);
      const scale = masked.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
      assert.ok(largestDifference(masked, answers) < 1e-5 * scale, `${largestDifference(masked, answers)} of ${scale}`);
      pruned += gone;
    }),
    { numRuns: 100, seed: 20 },
  );
  assert.ok(pruned > 250, `only ${pruned} channels went`);
});
