// Random networks of all kinds of blocks at random ratios: shapes and counts fit, and masked and compacted answer the same.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Recipe } from '#contract/recipe.ts';
import { channelGroups } from '#network/channel-groups.ts';
import { initialise } from '#network/initialise.ts';
import type { Topology } from '#network/model-artifact.ts';
import { summariseNetwork } from '#network/summarise.ts';
import { maskChannels } from '#pruning/channel-masks.ts';
import { selectChannels } from '#pruning/channel-selection.ts';
import { compactChannels } from '#pruning/compact.ts';
import { largestDifference, predictAllInTfjs } from '../network/run-in-tfjs.ts';
import { withoutMissingLayers } from '../network/without-missing-layers.ts';
import { bn, conv, dense, depthwise, graph, inputsFor, relu, type Row } from './graphs.ts';
import { layer, shaken } from './networks.ts';

interface Step {
  readonly block:
    'conv' | 'residual' | 'bottleneck' | 'dense' | 'gate' | 'grouped' | 'shuffle' | 'twice' | 'sigmoid' | 'image' | 'depthwise';
  readonly width: number;
  /** Where an earlier answer is needed besides the last: which one. */
  readonly pick: number;
}

const step = fc.record({
  block: fc.constantFrom<Step['block'][]>(
    'conv',
    'residual',
    'bottleneck',
    'dense',
    'gate',
    'grouped',
    'shuffle',
    'twice',
    'sigmoid',
    'image',
    'depthwise',
  ),
  width: fc.integer({ min: 1, max: 4 }),
  pick: fc.nat(20),
});
const plan = fc.record({
  steps: fc.array(step, { minLength: 1, maxLength: 6 }),
  ends: fc.constantFrom('flat' as const, 'mean' as const, 'both' as const),
  sparsity: fc.double({ min: 0.1, max: 0.9, noNaN: true }),
  scope: fc.constantFrom('global' as const, 'layer' as const),
});

test('100 random networks of up to 6 blocks', async () => {
  let pruned = 0;
  await fc.assert(
    fc.asyncProperty(plan, async ({ steps, ends, sparsity, scope }) => {
      const artifact = shaken(network(steps, ends), 3);
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
      if (!steps.some(({ block }) => block === 'grouped' || block === 'shuffle'))
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

/** Every block takes the last answer of [4, 4, C] and adds one; width is what it would like to have of channels. */
function network(steps: readonly Step[], ends: 'flat' | 'mean' | 'both'): Topology {
  const rows: Row[] = [[conv('stem', 4), ['input']]];
  const answers = [{ name: 'stem', channels: 4 }];
  steps.forEach(({ block, width, pick }, at) => {
    const last = answers.at(-1) ?? { name: 'stem', channels: 4 };
    const other = answers[pick % answers.length] ?? last;
    const { name: from, channels } = last;
    const id = (part: string): string => `${part}${at}`;
    const add = (row: Row, count: number): void => {
      rows.push(row);
      answers.push({ name: String(row[0].config['name']), channels: count });
    };
    if (block === 'conv') {
      rows.push([conv(id('conv'), 2 * width), [from]], [bn(id('bn')), [id('conv')]]);
      add([relu(id('relu')), [id('bn')]], 2 * width);
    } else if (block === 'residual') {
      rows.push([conv(id('side'), channels, { use_bias: false }), [other.name]], [bn(id('bn')), [id('side')]]);
      add([layer(pick % 2 === 0 ? 'Add' : 'Maximum', id('sum')), [from, id('bn')]], channels);
    } else if (block === 'bottleneck') {
      rows.push(
        [conv(id('expand'), 3 * width, { kernel_size: [1, 1] }), [from]],
        [layer('ReLU', id('six'), { max_value: 6 }), [id('expand')]],
        [depthwise(id('filter'), { depth_multiplier: 1 + (pick % 2), use_bias: true }), [id('six')]],
        [bn(id('bn')), [id('filter')]],
      );
      add([conv(id('project'), width + 1, { kernel_size: [1, 1] }), [id('bn')]], width + 1);
    } else if (block === 'dense') {
      rows.push([bn(id('bn')), [from]], [conv(id('grow'), width), [id('bn')]]);
      add([layer('Concatenate', id('join'), { axis: -1 }), [other.name, id('grow')]], other.channels + width);
    } else if (block === 'gate') {
      rows.push(
        [layer('GlobalAveragePooling2D', id('squeeze'), { keepdims: pick % 2 === 0 }), [from]],
        [dense(id('reduce'), width, { activation: 'swish' }), [id('squeeze')]],
        [dense(id('excite'), channels, { activation: 'sigmoid' }), [id('reduce')]],
        [layer('Reshape', id('flat'), { target_shape: [1, 1, channels] }), [id('excite')]],
      );
      add([layer('Multiply', id('scale')), [from, id('flat')]], channels);
    } else if (block === 'grouped' || block === 'shuffle') {
      const groups = channels % 3 === 0 ? 3 : channels % 2 === 0 ? 2 : channels;
      if (block === 'grouped') add([conv(id('grouped'), groups * width, { groups }), [from]], groups * width);
      else {
        rows.push(
          [layer('Reshape', id('split'), { target_shape: [4, 4, groups, channels / groups] }), [from]],
          [layer('Permute', id('swap'), { dims: [1, 2, 4, 3] }), [id('split')]],
        );
        add([layer('Reshape', id('join'), { target_shape: [4, 4, channels] }), [id('swap')]], channels);
      }
    } else if (block === 'twice') {
      rows.push([conv(id('adapt'), other.channels), [from]], [conv(id('shared'), 2 * width), [id('adapt')], [other.name]]);
      add([layer('Average', id('mean')), [id('shared'), `${id('shared')}:1`]], 2 * width);
    } else if (block === 'sigmoid') {
      rows.push([conv(id('half'), 2 * width, { activation: 'sigmoid' }), [from]]);
      add(
        [conv(id('mix'), width + 1, { kernel_size: [1, 1], padding: pick % 2 === 0 ? 'valid' : 'same', use_bias: false }), [id('half')]],
        width + 1,
      );
    } else if (block === 'image') add([layer('Concatenate', id('join'), { axis: 3 }), [from, 'input']], channels + 3);
    else add([depthwise(id('filter'), { activation: 'relu' }), [from]], channels);
  });
  const last = answers.at(-1)?.name ?? 'stem';
  rows.push(
    [layer('Flatten', 'flat'), [last]],
    [dense('answer1', 2), ['flat']],
    [layer('GlobalAveragePooling2D', 'mean'), [last]],
    [dense('answer2', 3), ['mean']],
  );
  const unused = ends === 'flat' ? 2 : 0;
  if (ends === 'mean') rows.splice(-4, 2);
  return graph(
    { input: [4, 4, 3] },
    rows.slice(0, rows.length - unused),
    ends === 'both' ? ['answer1', 'answer2'] : [ends === 'flat' ? 'answer1' : 'answer2'],
  );
}
