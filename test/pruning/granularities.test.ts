// Blocks, n:m and limits over random graphs by random criteria: exact counts, whole blocks, n of every m, and nothing beyond the limits.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { criteria } from '#criteria/all-criteria.ts';
import type { Criterion } from '#criteria/criterion.ts';
import { pairOf, Recipe } from '#contract/recipe.ts';
import { channelGroups } from '#network/channel-groups.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { prunableGroups, selectChannels } from '#pruning/channel-selection.ts';
import { prunableKernels, type Kernel } from '#pruning/kernels.ts';
import { standIn } from '#pruning/observations.ts';
import { planPruning } from '#pruning/plan.ts';
import { selectWeightMasks } from '#pruning/weight-masks.ts';
import { randomNetwork, randomPlan } from './random-network.ts';

const all: readonly Criterion[] = criteria;
const anyCriterion = fc.constantFrom(...criteria.map(({ name }) => name));
const ofWeights = fc.constantFrom(...criteria.flatMap((one) => ((one as Criterion).channelsOnly === undefined ? [one.name] : [])));
const share = fc.double({ min: 0, max: 0.95, noNaN: true });
const scope = fc.constantFrom('global' as const, 'layer' as const);

const zerosOf = (mask: Uint8Array): number => mask.reduce((zeros, kept) => zeros + 1 - kept, 0);
const kernelsOf = (artifact: ModelArtifact): readonly Kernel[] => prunableKernels(artifact).flatMap(({ tensors }) => tensors);

test('n:m by any criterion: of every m along the input axis exactly m − n go, n stay of a short last group, depthwise kernels stay whole', () => {
  const nm = fc.constantFrom('1:2', '2:4', '1:4', '3:8', '2:3');
  fc.assert(
    fc.property(randomPlan, ofWeights, nm, scope, (plan, criterion, pattern, wide) => {
      const artifact = randomNetwork(plan);
      const recipe = Recipe.parse({ granularity: 'n:m', nm: pattern, criterion, scope: wide });
      const masks = selectWeightMasks(artifact, recipe, recipe.sparsity, standIn(artifact, recipe));
      const [n, m] = pairOf(pattern);
      for (const { name, shape, inputAxis } of kernelsOf(artifact)) {
        if (inputAxis === null) {
          assert.equal(masks.has(name), false);
          continue;
        }
        const inner = shape.slice(inputAxis + 1).reduce((product, size) => product * size, 1);
        const length = shape[inputAxis]!;
        const kept = new Map<string, number>();
        masks.get(name)!.forEach((bit, at) => {
          const entry = Math.floor(at / inner) % length;
          const group = `${Math.floor(at / (inner * length))}/${at % inner}/${Math.floor(entry / m)}`;
          kept.set(group, (kept.get(group) ?? 0) + bit);
        });
        for (const [group, count] of kept) assert.equal(count, Math.min(n, length - m * Number(group.split('/')[2])), `${name} ${group}`);
      }
    }),
    { numRuns: 60, seed: 4 },
  );
});

test('blocks by any criterion: each is whole or gone, and round(sparsity · blocks) are gone', () => {
  const size = fc.constantFrom('1x1', '4x4', '2x3', '1x8', '9x1');
  fc.assert(
    fc.property(randomPlan, ofWeights, size, scope, share, (plan, criterion, block, wide, sparsity) => {
      const artifact = randomNetwork(plan);
      const recipe = Recipe.parse({ granularity: 'block', block, criterion, scope: wide, sparsity });
      const masks = selectWeightMasks(artifact, recipe, sparsity, standIn(artifact, recipe));
      const [height, width] = pairOf(block);
      const counts = prunableKernels(artifact).map(({ tensors }) => {
        const blocks = new Map<string, number>();
        for (const { name, shape } of tensors) {
          const columns = shape.at(-1)!;
          masks.get(name)!.forEach((bit, at) => {
            const key = `${name} ${Math.floor(at / columns / height)} ${Math.floor((at % columns) / width)}`;
            assert.equal(blocks.get(key) ?? bit, bit, key);
            blocks.set(key, bit);
          });
        }
        return { blocks: blocks.size, gone: [...blocks.values()].filter((bit) => bit === 0).length };
      });
      const rounded = ({ blocks }: { blocks: number }): number => Math.round(sparsity * blocks);
      if (wide === 'layer') for (const count of counts) assert.equal(count.gone, rounded(count));
      const total = counts.reduce((sum, { blocks, gone }) => ({ blocks: sum.blocks + blocks, gone: sum.gone + gone }), {
        blocks: 0,
        gone: 0,
      });
      if (wide === 'global') assert.equal(total.gone, rounded(total));
    }),
    { numRuns: 60, seed: 5 },
  );
});

test('single weights by any criterion: exactly round(sparsity · n) go, and what is zero already goes first', () => {
  fc.assert(
    fc.property(randomPlan, ofWeights, share, fc.boolean(), fc.boolean(), (plan, criterion, sparsity, keepFirst, keepLast) => {
      const artifact = randomNetwork(plan);
      const recipe = Recipe.parse({ criterion, sparsity, keepFirst, keepLast });
      const masks = selectWeightMasks(artifact, recipe, sparsity, standIn(artifact, recipe));
      const layers = prunableKernels(artifact);
      const kept = new Set([...(keepFirst ? [layers[0]] : []), ...(keepLast ? [layers.at(-1)] : [])]);
      const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
      for (const each of kept) for (const { name } of each!.tensors) assert.equal(zerosOf(masks.get(name)!), 0);
      const ranked = layers.filter((one) => !kept.has(one)).flatMap(({ tensors }) => tensors);
      assert.equal(sum([...masks.values()].map(zerosOf)), Math.round(sparsity * sum(ranked.map(({ data }) => data.length))));
    }),
    { numRuns: 60, seed: 6 },
  );
});

test('channels by any criterion, combination and normalisation: counts, limits, kept ends; what it cannot rank is named', () => {
  let removedInAll = 0;
  const choice = fc.record({
    criterion: anyCriterion,
    scope,
    sparsity: share,
    normalise: fc.constantFrom('auto', 'none', 'size', 'max', 'mean'),
    combine: fc.constantFrom('sum', 'mean', 'max', 'first'),
    roundTo: fc.constantFrom(1, 1, 1, 2, 4),
    minChannels: fc.constantFrom(1, 1, 3),
    keepFirst: fc.boolean(),
  });
  fc.assert(
    fc.property(randomPlan, choice, (plan, fields) => {
      const artifact = randomNetwork(plan);
      const recipe = Recipe.parse({ granularity: 'filter', ...fields });
      const could = channelGroups(artifact).filter(({ group }) => group.prunable && group.granularity === 'filter');
      const groups = prunableGroups(artifact, recipe);
      if (groups.length === 0) {
        if (could.length > 0) assert.throws(() => planPruning(artifact, recipe), { code: 'bad-input', where: 'criterion' });
        return;
      }
      const removal = selectChannels(artifact, recipe, recipe.sparsity, standIn(artifact, recipe));
      const first = prunableKernels(artifact)[0]!.layer;
      for (const { group } of groups) {
        const gone = removal.get(group.id) ?? [];
        const left = group.channels - gone.length;
        assert.equal(new Set(gone).size, gone.length);
        if (gone.length > 0) assert.ok(left % recipe.roundTo === 0 && left >= recipe.minChannels, `${group.id}: ${left} left`);
        if (recipe.keepFirst && group.producers.includes(first)) assert.equal(gone.length, 0);
        if (recipe.scope === 'layer') assert.ok(gone.length <= Math.round(recipe.sparsity * group.channels));
      }
      const total = groups.reduce((sum, { group }) => sum + group.channels, 0);
      const gone = [...removal.values()].flat().length;
      if (recipe.scope === 'global') assert.ok(gone <= Math.round(recipe.sparsity * total));
      removedInAll += gone;
      const { skipped } = planPruning(artifact, recipe);
      for (const { group } of could) {
        if (!groups.some((one) => one.group === group))
          assert.ok(
            skipped.some(({ layer }) => layer === group.id),
            `${group.id} is not named`,
          );
      }
    }),
    { numRuns: 150, seed: 7 },
  );
  assert.ok(removedInAll > 80, `only ${removedInAll} channels went`);
});

test('a criterion of channels is refused for weights, with those that fit', () => {
  const artifact = randomNetwork({ steps: [{ block: 'conv', width: 2, pick: 0 }], ends: 'flat' });
  for (const { name, channelsOnly } of all) {
    if (channelsOnly === undefined) continue;
    assert.throws(() => planPruning(artifact, Recipe.parse({ criterion: name })), {
      code: 'bad-input',
      where: 'criterion',
      message: `The criterion "${name}" can't rank weights, as ${channelsOnly}.`,
      whatToDo:
        'Take the granularity "neuron" or "filter", or one of the criteria magnitude, l2, random, gradient, taylor, snip, movement.',
    });
  }
});
