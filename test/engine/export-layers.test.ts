// Layers × formats: each family of layers is exported in every format and answers there as in TensorFlow, or is refused with its layer's name.
import assert from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { StudioError } from '#contract/errors.ts';
import { exportFormats } from '#contract/export-formats.ts';
import { ExportTarget, type ExportFormat } from '#contract/nouns.ts';
import { exportModel } from '#main/engine/exporting/export-model.ts';
import type { JsonObject, ModelArtifact } from '#network/model-artifact.ts';
import { graph, sequence, twoEnds } from '../formats/tflite-sample-networks.ts';
import { contextFor } from './in-process.ts';
import { scratchFolder } from './run-engine.ts';

const folder = scratchFolder();
after(() => rmSync(folder, { recursive: true, force: true }));
const context = contextFor(join(folder, 'workspace'), () => undefined);
mkdirSync(context.workspace);

type Step = readonly [string, JsonObject?];
const images = [8, 8, 4];
const steps = [6, 4];
const one = (type: string, config: JsonObject, sample: readonly number[] = images, ...more: readonly Step[]): ModelArtifact =>
  sequence(type.toLowerCase(), sample, [[type, config], ...more]);
const conv = { filters: 6, kernel_size: [3, 3] };
const wrap = (type: string, config: JsonObject): JsonObject => ({ layer: { class_name: type, config: { name: 'inner', ...config } } });
const recurrent = { units: 5, use_bias: true, activation: 'tanh', recurrent_activation: 'sigmoid' };
/** TensorFlow.js lacks the layer, or has it otherwise. */
const portable: readonly ExportFormat[] = ['tfjs'];
/** Keras 2 lacks it too. */
const keras3: readonly ExportFormat[] = ['h5', 'tfjs'];
const keras3Activations: Readonly<Record<string, readonly ExportFormat[]>> = {
  hard_sigmoid_v3: keras3,
  celu: keras3,
  exponential: portable,
  leaky_relu: portable,
};
const lowered: readonly ExportFormat[] = ['tflite', 'c', 'savedmodel'];

/** By name: the network, and the formats in which its layer is refused by name. */
const families: Readonly<Record<string, readonly [ModelArtifact, (readonly ExportFormat[])?]>> = {
  'valid, strides': [one('Conv2D', { ...conv, strides: [2, 1], activation: 'relu' })],
  'same, dilated': [one('Conv2D', { ...conv, padding: 'same', dilation_rate: [2, 2] })],
  grouped: [one('Conv2D', { ...conv, filters: 8, groups: 2 }), portable],
  causal: [one('Conv1D', { filters: 5, kernel_size: [3], padding: 'causal', dilation_rate: [2] }, steps), portable],
  'depthwise, multiplier 2': [one('DepthwiseConv2D', { kernel_size: [3, 3], depth_multiplier: 2, padding: 'same', strides: [2, 2] })],
  'depthwise in one dimension': [one('DepthwiseConv1D', { kernel_size: [3], depth_multiplier: 1, padding: 'same' }, steps), portable],
  separable: [one('SeparableConv2D', { ...conv, depth_multiplier: 2, activation: 'elu' })],
  'separable in one dimension': [one('SeparableConv1D', { filters: 5, kernel_size: [3], padding: 'same' }, steps), portable],
  transposed: [one('Conv2DTranspose', { ...conv, strides: [2, 2], padding: 'same' })],
  'transposed in one dimension': [one('Conv1DTranspose', { filters: 3, kernel_size: [3], strides: [2], padding: 'same' }, steps), portable],
  'up-sampled by bilinear means': [one('UpSampling2D', { size: [2, 2], interpolation: 'bilinear' }), portable],
  'resized to 5 × 11': [one('Resizing', { height: 5, width: 11, interpolation: 'bilinear' }), ['tfjs']],
  'resized to the nearest': [one('Resizing', { height: 12, width: 5, interpolation: 'nearest' }), ['tfjs']],
  'average pooling, same': [one('AveragePooling2D', { pool_size: [3, 3], strides: [2, 2], padding: 'same' })],
  'pooling with axes kept': [one('GlobalAveragePooling2D', { keepdims: true }), portable],
  'padding and cropping': [
    one(
      'ZeroPadding2D',
      {
        padding: [
          [1, 2],
          [0, 3],
        ],
      },
      images,
      [
        'Cropping2D',
        {
          cropping: [
            [1, 0],
            [2, 1],
          ],
        },
      ],
    ),
  ],
  'batch norm': [one('BatchNormalization', { axis: [3], epsilon: 0.001 })],
  'layer norm': [one('LayerNormalization', { axis: [-1], epsilon: 0.001 })],
  'group norm': [one('GroupNormalization', { groups: 2, axis: -1, epsilon: 0.001, center: true, scale: true }), portable],
  'root mean square norm': [one('RMSNormalization', { axis: -1, epsilon: 1e-6 }, [6]), keras3],
  'unit norm': [one('UnitNormalization', { axis: -1 }, [6]), portable],
  'layer scale': [one('LayerScale', { init_values: 0.5, projection_dim: 4 }), keras3],
  'rescaling a channel': [one('Rescaling', { scale: [1, 2, 3, 4], offset: [0, 1, 0, -1] })],
  'prelu, shared axes': [one('PReLU', { shared_axes: [1, 2] })],
  'repeated, permuted': [one('RepeatVector', { n: 3 }, [5], ['Permute', { dims: [2, 1] }])],
  ...Object.fromEntries(
    ['relu6', 'elu', 'selu', 'softplus', 'softsign', 'swish', 'gelu', 'mish', 'hard_sigmoid_v3', 'exponential', 'leaky_relu', 'celu'].map(
      (activation) => [activation, [one('Dense', { units: 5, activation }, [6]), keras3Activations[activation]] as const],
    ),
  ),
  'simple recurrent': [one('SimpleRNN', { units: 5, use_bias: true, activation: 'tanh', return_sequences: true }, steps)],
  lstm: [one('LSTM', { ...recurrent, return_sequences: true }, steps, ['LSTM', { ...recurrent, units: 3 }])],
  'gru, reset before': [one('GRU', { ...recurrent, reset_after: false }, steps)],
  'gru, reset after': [one('GRU', { ...recurrent, reset_after: true, go_backwards: true, return_sequences: true }, steps), portable],
  'in both directions': [
    one('Bidirectional', { ...wrap('LSTM', { ...recurrent, name: 'rnn', return_sequences: true }), merge_mode: 'concat' }, steps),
  ],
  'dense at every step': [one('TimeDistributed', wrap('Dense', { units: 3, activation: 'relu', use_bias: true }), steps)],
  'convolution at every step': [one('TimeDistributed', wrap('Conv2D', { ...conv, use_bias: true }), [3, 6, 6, 2])],
  words: [one('Embedding', { input_dim: 20, output_dim: 4 }, [5], ['GlobalAveragePooling1D', {}])],
  'a squeeze-and-excite block': [
    graph('se', images, [
      ['pool', 'GlobalAveragePooling2D', ['in']],
      ['small', 'Dense', ['pool'], { units: 2, activation: 'relu' }],
      ['gate', 'Dense', ['small'], { units: 4, activation: 'sigmoid' }],
      ['wide', 'Reshape', ['gate'], { target_shape: [1, 1, 4] }],
      ['scaled', 'Multiply', ['in', 'wide']],
    ]),
  ],
  merges: [
    graph('merges', images, [
      ['a', 'Conv2D', ['in'], { ...conv, padding: 'same' }],
      ['b', 'Conv2D', ['in'], { ...conv, padding: 'same' }],
      ['sum', 'Add', ['a', 'b']],
      ['least', 'Minimum', ['sum', 'a']],
      ['most', 'Maximum', ['least', 'b']],
      ['mean', 'Average', ['most', 'a', 'b']],
      ['less', 'Subtract', ['mean', 'a']],
      ['all', 'Concatenate', ['less', 'in'], { axis: -1 }],
    ]),
    portable,
  ],
  'attention of several heads': [
    graph('heads', steps, [
      ['mha', 'MultiHeadAttention', ['in', 'in'], { num_heads: 2, key_dim: 3, value_dim: 3, use_bias: true }],
      ['sum', 'Add', ['in', 'mha']],
    ]),
    keras3,
  ],
  attention: [graph('attention', steps, [['look', 'Attention', ['in', 'in'], { use_scale: false, score_mode: 'dot' }]]), portable],
  'two inputs, two outputs, a shared layer': [twoEnds()],
  volumes: [one('Conv3D', { filters: 2, kernel_size: [2, 2, 2] }, [4, 4, 4, 2]), lowered],
};

for (const [name, [model, refusing = []]] of Object.entries(families)) {
  test(`${name}: equal in every format${refusing.length === 0 ? '' : `, refused by name in ${refusing.join(', ')}`}`, async () => {
    const failures: string[] = [];
    for (const format of Object.keys(exportFormats) as ExportFormat[]) {
      const path = join(folder, `out${exportFormats[format].ending ?? `-${format}`}`);
      try {
        await exportModel(context, model, ExportTarget.parse({ format, path }), null);
        if (refusing.includes(format)) failures.push(`${format} should have been refused`);
      } catch (thrown) {
        const error = StudioError.from(thrown);
        const named =
          error.code === 'unsupported' && model.topology.config.layers.some(({ config }) => error.where?.includes(String(config['name'])));
        if (!refusing.includes(format) || named !== true) failures.push(`${format}: ${error.code} ${error.where ?? ''} ${error.message}`);
      }
    }
    assert.deepEqual(failures, []);
  });
}
