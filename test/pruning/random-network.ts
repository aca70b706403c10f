// Random networks of all kinds of blocks: chains, skips, concatenations, gates, groups, shared layers.
import fc from 'fast-check';
import type { ModelArtifact, Topology } from '#network/model-artifact.ts';
import { bn, conv, dense, depthwise, graph, relu, type Row } from './graphs.ts';
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
export interface RandomPlan {
  readonly steps: readonly Step[];
  readonly ends: 'flat' | 'mean' | 'both';
}

export const randomPlan: fc.Arbitrary<RandomPlan> = fc.record({
  steps: fc.array(step, { minLength: 1, maxLength: 6 }),
  ends: fc.constantFrom('flat' as const, 'mean' as const, 'both' as const),
});

/** With a number in every weight. */
export function randomNetwork(plan: RandomPlan): ModelArtifact {
  return shaken(network(plan), 3);
}

/** Every block takes the last answer of [4, 4, C] and adds one; width is what it would like to have of channels. */
function network({ steps, ends }: RandomPlan): Topology {
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
