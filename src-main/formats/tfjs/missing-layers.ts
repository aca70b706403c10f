// What tfjs-layers 4.22 can't load, so that no folder is written that only Espalier opens.
import type { TensorShape } from '#network/config-values.ts';
import { readGraph } from '#network/graph.ts';
import { inferShapes } from '#network/tensor-shapes.ts';
import type { Json, JsonObject, Topology } from '#network/model-artifact.ts';
import { isList, isObject } from '../containers/json.ts';
import { refusal, type Place } from '../refusal.ts';

const classes = new Set([
  'Subtract',
  'DepthwiseConv1D',
  'SeparableConv1D',
  'Conv1DTranspose',
  'ZeroPadding1D',
  'ZeroPadding3D',
  'Cropping1D',
  'Cropping3D',
  'UpSampling1D',
  'UpSampling3D',
  'GlobalAveragePooling3D',
  'GlobalMaxPooling3D',
  'SpatialDropout2D',
  'SpatialDropout3D',
  'GroupNormalization',
  'UnitNormalization',
  'RMSNormalization',
  'LayerScale',
  // It takes pixels from other places than Keras's.
  'Resizing',
  'Attention',
  'AdditiveAttention',
  'MultiHeadAttention',
]);
const activations = new Set([
  'hard_sigmoid_v3',
  'hard_silu',
  'exponential',
  'leaky_relu',
  'gelu_new',
  'celu',
  'log_sigmoid',
  'hard_tanh',
  'squareplus',
  'tanh_shrink',
  'hard_shrink',
  'soft_shrink',
  'sqrt',
  'reciprocal',
  'log',
]);

/** Settings that tfjs-layers refuses, or takes for something else without a word; `shape` is the input's, the batch first, as far as it is known. */
const settings: readonly { readonly when: (type: string, config: JsonObject, shape: TensorShape) => boolean; readonly what: string }[] = [
  { when: (type, { groups }) => type.startsWith('Conv') && Number(groups ?? 1) > 1, what: 'convolutions in groups' },
  // It counts their outputs as if nothing were padded, and adds a bias to what is no longer there.
  { when: (type, { padding }) => type === 'Conv1D' && padding === 'causal', what: 'causal convolutions' },
  {
    when: (type, { dilation_rate: rate }) => type === 'DepthwiseConv2D' && [rate ?? 1].flat().some((each) => each !== 1),
    what: 'depthwise convolutions with dilation, and leaves it out without a word',
  },
  {
    when: (type, { axis }, shape) => type === 'Softmax' && ![-1, shape.length - 1].includes(Number(axis ?? -1)),
    what: 'a softmax along another axis than the last',
  },
  { when: (type, _config, shape) => type === 'Flatten' && shape.length < 3, what: 'a Flatten of what is flat already' },
  { when: (type, { keepdims }) => type.startsWith('Global') && keepdims === true, what: 'pooling that keeps its axes' },
  { when: (_type, { reset_after: after }) => after === true, what: 'a GRU that resets after its matrix product' },
  { when: (type, { interpolation }) => type === 'UpSampling2D' && interpolation === 'bilinear', what: "Keras's bilinear interpolation" },
  { when: (type, { alpha }) => type === 'ELU' && alpha !== undefined && alpha !== 1, what: 'an ELU with another alpha than 1' },
  {
    when: (type, { negative_slope: slope, threshold }) => type === 'ReLU' && (isSet(slope) || isSet(threshold)),
    what: 'a ReLU with a slope or a threshold',
  },
];

/** @throws StudioError `unsupported` naming the first layer that tfjs-layers can't load. */
export function refuseMissingLayers(topology: Topology, place: Place): void {
  const { graph, shapes } = inferShapes(readGraph(topology));
  const masks = graph.nodes.some(({ type, config }) => type === 'Masking' || config['mask_zero'] === true);
  for (const { id, layer, type, config } of graph.nodes) {
    const at = { ...place, member: layer };
    refuseLayer(type, config, shapes.get(id)?.inputs[0] ?? [], at);
    const inner = config['layer'];
    if (masks && type === 'Bidirectional' && isObject(inner) && isObject(inner.config) && inner.config['return_sequences'] === true)
      throw absent('zeros for what is masked in both directions', at);
  }
}

function absent(what: string, at: Place) {
  return refusal('unsupported', at, `TensorFlow.js doesn't have ${what}.`, 'Export to another format.');
}

function refuseLayer(type: string, config: JsonObject, shape: TensorShape, at: Place): void {
  const named = [config['activation'], config['recurrent_activation']].find((name) => typeof name === 'string' && activations.has(name));
  const what = classes.has(type)
    ? `the layer ${type}`
    : named !== undefined
      ? `the activation ${named as string}`
      : settings.find(({ when }) => when(type, config, shape))?.what;
  if (what !== undefined) throw absent(what, at);
  const inner = config['layer'];
  if (isObject(inner) && typeof inner.class_name === 'string' && isObject(inner.config))
    refuseLayer(inner.class_name, inner.config, shape.toSpliced(1, 1), at);
}

function isSet(value: Json | undefined): boolean {
  const only = isList(value) ? value[0] : value;
  return typeof only === 'number' && only !== 0;
}
