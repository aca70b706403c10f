// The patterns that networks are built of, with the groups that each of them has. Long because it is one list, each network a dozen lines that read by themselves.
import type { Topology } from '#network/model-artifact.ts';
import { asLayer, bn, conv, dense, depthwise, graph, relu, type Row } from './graphs.ts';
import { layer } from './networks.ts';

export interface Pattern {
  readonly what: string;
  readonly topology: Topology;
  /** By group id, how many channels there are to choose from. */
  readonly prunable: Readonly<Record<string, number>>;
  /** By group id, part of the reason. The answers' groups are left out. */
  readonly kept?: Readonly<Record<string, RegExp>>;
}

const image = { input: [6, 6, 3] };
const answer: readonly Row[] = [
  [layer('GlobalAveragePooling2D', 'mean'), ['last']],
  [dense('answer', 3), ['mean']],
];
const last = relu('last');
const valid = { padding: 'valid', kernel_size: [1, 1] };

export const patterns: readonly Pattern[] = [
  {
    what: 'a residual block with projection: both sides of the sum go together',
    topology: graph(
      image,
      [
        [conv('stem', 4), ['input']],
        [bn('stem_bn'), ['stem']],
        [conv('a', 5), ['stem_bn']],
        [bn('a_bn'), ['a']],
        [relu('a_relu'), ['a_bn']],
        [conv('b', 8), ['a_relu']],
        [bn('b_bn'), ['b']],
        [conv('project', 8, { kernel_size: [1, 1] }), ['stem_bn']],
        [bn('project_bn'), ['project']],
        [layer('Add', 'add'), ['b_bn', 'project_bn']],
        [last, ['add']],
        ...answer,
      ],
      ['answer'],
    ),
    prunable: { stem: 4, a: 5, b: 8 },
  },
  {
    what: 'an inverted bottleneck: expansion and depthwise, narrow sum',
    topology: graph(
      image,
      [
        [conv('stem', 4), ['input']],
        [conv('expand', 9, { kernel_size: [1, 1], use_bias: false }), ['stem']],
        [bn('expand_bn'), ['expand']],
        [layer('ReLU', 'six', { max_value: 6 }), ['expand_bn']],
        [depthwise('filter'), ['six']],
        [bn('filter_bn'), ['filter']],
        [layer('ReLU', 'six2', { max_value: 6 }), ['filter_bn']],
        [conv('project', 4, { kernel_size: [1, 1] }), ['six2']],
        [bn('project_bn'), ['project']],
        [layer('Add', 'add'), ['stem', 'project_bn']],
        [last, ['add']],
        ...answer,
      ],
      ['answer'],
    ),
    prunable: { stem: 4, expand: 9 },
  },
  {
    what: 'a dense block: every layer alone, at its own offset of each concatenation',
    topology: graph(
      image,
      [
        [conv('stem', 4), ['input']],
        [bn('bn1'), ['stem']],
        [relu('relu1'), ['bn1']],
        [conv('a', 3), ['relu1']],
        [layer('Concatenate', 'join1', { axis: -1 }), ['stem', 'a']],
        [bn('bn2'), ['join1']],
        [relu('relu2'), ['bn2']],
        [conv('b', 3), ['relu2']],
        [layer('Concatenate', 'join2', { axis: 3 }), ['join1', 'b']],
        [bn('bn3'), ['join2']],
        [conv('transition', 5, { kernel_size: [1, 1] }), ['bn3']],
        [layer('AveragePooling2D', 'pool', { pool_size: [2, 2] }), ['transition']],
        [last, ['pool']],
        ...answer,
      ],
      ['answer'],
    ),
    prunable: { stem: 4, a: 3, b: 3, transition: 5 },
  },
  {
    what: 'concatenations of the image itself, nested, flattened, and summed with a wide layer',
    topology: graph(
      image,
      [
        [conv('a', 4), ['input']],
        [conv('b', 3), ['input']],
        [layer('Concatenate', 'inner', { axis: -1 }), ['a', 'b']],
        [conv('wide', 7), ['inner']],
        [layer('Add', 'add'), ['inner', 'wide']],
        [layer('Concatenate', 'outer', { axis: -1 }), ['add', 'input', 'a']],
        [layer('MaxPooling2D', 'pool', { pool_size: [3, 3] }), ['outer']],
        [layer('Flatten', 'flat'), ['pool']],
        [dense('answer', 3), ['flat']],
      ],
      ['answer'],
    ),
    prunable: { a: 7 },
  },
  {
    what: 'squeeze and excitation through a reshape, and through pooling that keeps its axes',
    topology: graph(
      image,
      [
        [conv('a', 6), ['input']],
        [bn('bn'), ['a']],
        [layer('GlobalAveragePooling2D', 'squeeze'), ['bn']],
        [layer('Reshape', 'flat', { target_shape: [1, 1, 6] }), ['squeeze']],
        [conv('reduce', 3, { kernel_size: [1, 1], activation: 'swish' }), ['flat']],
        [conv('gate', 6, { kernel_size: [1, 1], activation: 'sigmoid' }), ['reduce']],
        [layer('Multiply', 'scale'), ['bn', 'gate']],
        [layer('GlobalAveragePooling2D', 'squeeze2', { keepdims: true }), ['scale']],
        [dense('gate2', 6, { activation: 'hard_sigmoid' }), ['squeeze2']],
        [layer('Multiply', 'last'), ['gate2', 'scale']],
        ...answer,
      ],
      ['answer'],
    ),
    prunable: { a: 6, reduce: 3 },
  },
  {
    what: 'a convolution in 2 groups of 4: an equal share of both',
    topology: graph(
      image,
      [[conv('a', 8), ['input']], [conv('grouped', 6, { groups: 2 }), ['a']], [bn('last'), ['grouped']], ...answer],
      ['answer'],
    ),
    prunable: { a: 4, grouped: 3 },
  },
  {
    what: 'a convolution in 4 groups of 2 after one in as many groups as channels: whole groups, all together',
    topology: graph(
      image,
      [
        [conv('a', 8), ['input']],
        [conv('each', 16, { groups: 8 }), ['a']],
        [relu('r'), ['each']],
        [conv('narrow', 8, { kernel_size: [1, 1] }), ['r']],
        [conv('grouped', 12, { groups: 4 }), ['narrow']],
        [last, ['grouped']],
        ...answer,
      ],
      ['answer'],
    ),
    prunable: { a: 8, narrow: 4 },
  },
  {
    what: 'a convolution in 4 groups of 2 that sees the image too: its groups stay, a share of each may go',
    topology: graph(
      { input: [6, 6, 8] },
      [
        [conv('a', 8), ['input']],
        [conv('grouped', 12, { groups: 4 }), ['a'], ['input']],
        [layer('Maximum', 'last'), ['grouped', 'grouped:1']],
        ...answer,
      ],
      ['answer'],
    ),
    prunable: { grouped: 3 },
    kept: { a: /grouped is used more than once, elsewhere with channels that can't be removed/ },
  },
  {
    what: 'a depthwise convolution after sigmoid, whose 0.5 ends there, and one before it',
    topology: graph(
      image,
      [
        [conv('a', 5, { activation: 'sigmoid' }), ['input']],
        [depthwise('filter', { depth_multiplier: 2 }), ['a']],
        [conv('b', 4), ['filter']],
        [depthwise('smooth', { activation: 'sigmoid', use_bias: true }), ['b']],
        [conv('last', 3, { ...valid, strides: [2, 2], padding: 'same' }), ['smooth']],
        ...answer,
      ],
      ['answer'],
    ),
    prunable: { a: 5, b: 4, last: 3 },
  },
  {
    what: 'a channel shuffle: channel k of both halves',
    topology: graph(
      image,
      [
        [conv('a', 8, { groups: 1 }), ['input']],
        [layer('Reshape', 'split', { target_shape: [6, 6, 2, 4] }), ['a']],
        [layer('Permute', 'swap', { dims: [1, 2, 4, 3] }), ['split']],
        [layer('Reshape', 'join', { target_shape: [6, 6, 8] }), ['swap']],
        [conv('b', 4), ['join']],
        [last, ['b']],
        ...answer,
      ],
      ['answer'],
    ),
    prunable: { a: 4, b: 4 },
  },
  {
    what: 'channels moved to the front and flattened there, and rows of dense units reshaped into an image',
    topology: graph(
      { input: [5] },
      [
        [dense('a', 8), ['input']],
        [dense('rows', 36), ['a']],
        [layer('Reshape', 'image', { target_shape: [3, 3, 4] }), ['rows']],
        [conv('b', 5), ['image']],
        [layer('Permute', 'front', { dims: [3, 1, 2] }), ['b']],
        [relu('r'), ['front']],
        [layer('Flatten', 'flat'), ['r']],
        [dense('answer', 3), ['flat']],
      ],
      ['answer'],
    ),
    prunable: { a: 8, rows: 36 / 9, b: 5 },
    kept: {},
  },
  {
    what: 'a shared tower: both calls have one set of channels, and what feeds them goes together',
    topology: graph(
      { left: [6, 6, 3], right: [6, 6, 3] },
      [
        [conv('l', 4), ['left']],
        [conv('r', 4), ['right']],
        [conv('tower', 5), ['l'], ['r']],
        [bn('tower_bn'), ['tower'], ['tower:1']],
        [layer('Concatenate', 'join', { axis: -1 }), ['tower_bn', 'tower_bn:1']],
        [last, ['join']],
        ...answer,
      ],
      ['answer'],
    ),
    prunable: { l: 4, tower: 5 },
  },
  {
    what: 'a shared layer that also sees the image: what else it sees stays',
    topology: graph(
      image,
      [[conv('a', 3), ['input']], [conv('tower', 5), ['a'], ['input']], [layer('Maximum', 'last'), ['tower', 'tower:1']], ...answer],
      ['answer'],
    ),
    prunable: { tower: 5 },
    kept: { a: /tower is used more than once, elsewhere with channels that can't be removed/ },
  },
  {
    what: 'two outputs, one of them in the middle',
    topology: graph(
      image,
      [[conv('a', 4), ['input']], [conv('seen', 4), ['a']], [conv('b', 5), ['seen']], [last, ['b']], ...answer],
      ['answer', 'seen'],
    ),
    prunable: { a: 4, b: 5 },
    kept: { seen: /it makes the network's answer/ },
  },
  {
    what: 'models inside models, whose stated input shapes shrink with what comes in',
    topology: graph(
      image,
      [
        [conv('a', 4), ['input']],
        [
          asLayer(
            'inner',
            graph(
              { inner_input: [6, 6, 4] },
              [
                [conv('b', 5), ['inner_input']],
                [
                  asLayer(
                    'innermost',
                    graph(
                      { c_input: [6, 6, 5] },
                      [
                        [conv('c', 6), ['c_input']],
                        [bn('c_bn'), ['c']],
                      ],
                      ['c_bn'],
                    ),
                  ),
                  ['b'],
                ],
              ],
              ['innermost:1'],
            ),
          ),
          ['a'],
        ],
        [
          asLayer('line', {
            class_name: 'Sequential',
            config: { name: 'line', layers: [conv('d', 4, { batch_input_shape: [null, 6, 6, 6] }), bn('d_bn')] },
          }),
          ['inner:1'],
        ],
        [last, ['line:1']],
        ...answer,
      ],
      ['answer'],
    ),
    prunable: { a: 4, b: 5, c: 6, d: 4 },
  },
  {
    what: 'a model called twice: one set of weights, and both inputs go together',
    topology: graph(
      { left: [6, 6, 3], right: [6, 6, 3] },
      [
        [conv('l', 4), ['left']],
        [conv('r', 4), ['right']],
        [
          asLayer(
            'tower',
            graph(
              { tower_input: [6, 6, 4] },
              [
                [conv('b', 5), ['tower_input']],
                [bn('b_bn'), ['b']],
              ],
              ['b_bn'],
            ),
          ),
          ['l'],
          ['r'],
        ],
        [layer('Maximum', 'last'), ['tower:1', 'tower:2']],
        ...answer,
      ],
      ['answer'],
    ),
    prunable: { l: 4, b: 5 },
  },
  {
    what: 'a model without weights and a reshape, each called on the image too: the shapes they state stay',
    topology: graph(
      { input: [6, 6, 4] },
      [
        [conv('a', 4), ['input']],
        [conv('b', 4), ['input']],
        [
          asLayer(
            'half',
            graph({ half_input: [6, 6, 4] }, [[layer('AveragePooling2D', 'pool', { pool_size: [2, 2] }), ['half_input']]], ['pool']),
          ),
          ['a'],
          ['input'],
        ],
        [layer('Reshape', 'flat', { target_shape: [36, 4] }), ['b'], ['input']],
        [layer('Flatten', 'f1'), ['half:1']],
        [layer('Flatten', 'f2'), ['half:2']],
        [layer('Flatten', 'f3'), ['flat']],
        [layer('Flatten', 'f4'), ['flat:1']],
        [layer('Concatenate', 'all', { axis: -1 }), ['f1', 'f2', 'f3', 'f4']],
        [dense('c', 6), ['all']],
        [dense('answer', 3), ['c']],
      ],
      ['answer'],
    ),
    prunable: { c: 6 },
    kept: { a: /half_input is used more than once, elsewhere/, b: /flat is used more than once, elsewhere/ },
  },
  {
    what: 'constants through padding, cropping and up-sampling: folded where exact, kept where not',
    topology: graph(
      image,
      [
        [conv('a', 4, { activation: 'sigmoid' }), ['input']],
        [
          layer('Cropping2D', 'crop', {
            cropping: [
              [1, 0],
              [0, 1],
            ],
          }),
          ['a'],
        ],
        [layer('UpSampling2D', 'up', { size: [2, 2] }), ['crop']],
        [conv('b', 4, { ...valid, activation: 'softplus' }), ['up']],
        [
          layer('ZeroPadding2D', 'pad', {
            padding: [
              [1, 1],
              [0, 1],
            ],
          }),
          ['b'],
        ],
        [conv('c', 4, valid), ['pad']],
        [conv('d', 4, { activation: 'sigmoid' }), ['c']],
        [conv('e', 4), ['d']],
        [last, ['e']],
        ...answer,
      ],
      ['answer'],
    ),
    prunable: { a: 4, c: 4, e: 4 },
    kept: { b: /send to c is not one number/, d: /a removed channel would still send 0\.5 to e/ },
  },
  {
    what: 'element by element: differences, products, means and maxima of constants, and a one-channel mask stretched over all',
    topology: graph(
      image,
      [
        [conv('a', 4, { activation: 'sigmoid' }), ['input']],
        [conv('b', 4), ['input']],
        [layer('Subtract', 'minus'), ['a', 'b']],
        [layer('Average', 'half'), ['minus', 'a']],
        [layer('Maximum', 'larger'), ['half', 'a']],
        [layer('Minimum', 'least'), ['larger', 'minus']],
        [conv('c', 5, { ...valid, use_bias: false }), ['least']],
        [conv('mask', 1, { activation: 'sigmoid' }), ['c']],
        [layer('Multiply', 'last'), ['c', 'mask']],
        ...answer,
      ],
      ['answer'],
    ),
    prunable: { a: 4, c: 5 },
    kept: { mask: /last stretches its one channel over 5/ },
  },
  {
    what: 'a stretched one-channel sum: what a removed channel sends is no longer one number',
    topology: graph(
      image,
      [[conv('a', 4), ['input']], [conv('one', 1), ['input']], [layer('Add', 'sum'), ['a', 'one']], [conv('last', 3), ['sum']], ...answer],
      ['answer'],
    ),
    prunable: { last: 3 },
    kept: { a: /would still send to last is not one number/, one: /sum stretches its one channel over 4/ },
  },
  {
    what: 'layers that mix all channels: what feeds them stays, the rest goes',
    topology: graph(
      image,
      [
        [conv('a', 4), ['input']],
        [layer('LayerNormalization', 'norm', { axis: [3], epsilon: 0.001, center: true, scale: true }), ['a']],
        [conv('b', 4), ['norm']],
        [layer('Softmax', 'soft', { axis: -1 }), ['b']],
        [conv('c', 4), ['soft']],
        [last, ['c']],
        ...answer,
      ],
      ['answer'],
    ),
    prunable: { c: 4 },
    kept: {
      a: /norm follows, and its mean and variance are taken over all channels/,
      b: /soft follows, and its softmax mixes all channels/,
    },
  },
  {
    what: 'batch normalization of another axis, of neither scale nor shift, and of flat rows after a reshape',
    topology: graph(
      image,
      [
        [conv('a', 4), ['input']],
        [bn('rows', { axis: [1] }), ['a']],
        [conv('b', 4), ['rows']],
        [bn('bare', { scale: false, center: false }), ['b']],
        [layer('Reshape', 'steps', { target_shape: [36, 4] }), ['bare']],
        [layer('Conv1D', 'c', { filters: 4, kernel_size: [3], use_bias: true }), ['steps']],
        [layer('Flatten', 'flat'), ['c']],
        [bn('bn', { axis: [1] }), ['flat']],
        [dense('answer', 3), ['bn']],
      ],
      ['answer'],
    ),
    prunable: { b: 4, c: 4 },
    kept: { a: /rows follows, and works along another axis/ },
  },
];
