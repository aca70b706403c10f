// The ops of a TensorFlow graph that become layers; its images have their channels last, as ours. Long because it is one table, a few lines an op, that
// are looked up by name and read against TensorFlow's own list.
import type { JsonObject } from '#network/model-artifact.ts';
import type { Flow } from '../../onnx/read/network-builder.ts';
import type { GraphConstant, GraphNode, GraphValue } from './graph-node.ts';

type OpReader = (node: GraphNode) => GraphValue;

const product = (sizes: readonly number[]): number => sizes.reduce((all, size) => all * size, 1);
const constantOf = (data: readonly number[], shape: readonly number[] = [data.length]): GraphConstant => ({
  kind: 'constant',
  shape,
  data,
});
const activation =
  (name: string): OpReader =>
  (node) =>
    node.layer('Activation', { activation: name }, [node.flow(0)], node.flow(0).shape);
const passed: OpReader = (node) => node.inputs[0] ?? node.flow(0);

function window(node: GraphNode, sizes: readonly number[], input: Flow): { config: JsonObject; spatial: number[] } {
  const padding = node.text('padding', 'VALID').toLowerCase();
  const [strides, dilations] = [node.ints('strides').slice(1, 3), node.ints('dilations').slice(1, 3)];
  if (
    !['same', 'valid'].includes(padding) ||
    node.text('data_format', 'NHWC') !== 'NHWC' ||
    strides.length !== 2 ||
    input.shape.length !== 4
  )
    throw node.refusal('its padding is explicit, or its channels are not last');
  const rates = dilations.length === 2 ? dilations : [1, 1];
  const spatial = [0, 1].map((axis) => {
    const reach = padding === 'same' ? 0 : (sizes[axis]! - 1) * rates[axis]!;
    return Math.ceil((input.shape[axis + 1]! - reach) / strides[axis]!);
  });
  return { config: { strides, padding, data_format: 'channels_last', dilation_rate: rates }, spatial };
}

/** What is fused behind a product: a bias, then an activation. */
function withFused(node: GraphNode, result: Flow): Flow {
  const fused = node.texts('fused_ops');
  return fused.reduce((flow, op, at) => {
    if (op === 'BiasAdd' && at === 0) return (node.builder.addBias(flow.layer, node.weights(2).data), flow);
    const name = { Relu: 'relu', Relu6: 'relu6', Elu: 'elu', Sigmoid: 'sigmoid', Tanh: 'tanh' }[op];
    if (name === undefined) throw node.refusal(`${op} is fused into it`);
    return node.layer('Activation', { activation: name }, [flow], flow.shape);
  }, result);
}

const convolution: OpReader = (node) => {
  const input = node.flow(0);
  const { shape, data } = node.weights(1);
  const [height = 0, width = 0, perGroup = 0, filters = 0] = shape;
  const { config, spatial } = window(node, [height, width], input);
  const groups = input.shape[3]! / perGroup;
  if (shape.length !== 4 || !Number.isInteger(groups)) throw node.refusal('its kernel does not fit its input');
  const settings = {
    filters,
    kernel_size: [height, width],
    ...config,
    ...(groups > 1 ? { groups } : {}),
    activation: 'linear',
    use_bias: false,
  };
  const result = node.layer('Conv2D', settings, [input], [NaN, ...spatial, filters], { kernel: { shape, data } });
  return withFused(node, result);
};

const depthwise: OpReader = (node) => {
  const input = node.flow(0);
  const { shape, data } = node.weights(1);
  const [height = 0, width = 0, channels = 0, multiplier = 0] = shape;
  const { config, spatial } = window(node, [height, width], input);
  if (shape.length !== 4 || channels !== input.shape[3]) throw node.refusal('its kernel does not fit its input');
  const settings = { kernel_size: [height, width], depth_multiplier: multiplier, ...config, activation: 'linear', use_bias: false };
  const result = node.layer('DepthwiseConv2D', settings, [input], [NaN, ...spatial, channels * multiplier], {
    depthwise_kernel: { shape, data },
  });
  return withFused(node, result);
};

const matMul: OpReader = (node) => {
  const input = node.flow(0);
  const { shape, data } = node.weights(1);
  const turned = node.flag('transpose_b');
  const [rows = 0, units = 0] = turned ? [shape[1], shape[0]] : shape;
  if (shape.length !== 2 || node.flag('transpose_a') || input.shape.at(-1) !== rows)
    throw node.refusal('it is no product of samples and a kernel');
  const kernel = turned ? Float32Array.from({ length: data.length }, (_, at) => data[(at % units) * rows + Math.floor(at / units)]!) : data;
  const result = node.layer('Dense', { units, activation: 'linear', use_bias: false }, [input], [...input.shape.slice(0, -1), units], {
    kernel: { shape: [rows, units], data: kernel },
  });
  return withFused(node, result);
};

const batchNormalization: OpReader = (node) => {
  const input = node.flow(0);
  const [gamma, beta, mean, variance] = [1, 2, 3, 4].map((index) => node.weights(index));
  if (node.text('data_format', 'NHWC') !== 'NHWC' || node.flag('is_training'))
    throw node.refusal('it is written for training, or its channels are not last');
  return node.layer(
    'BatchNormalization',
    { axis: -1, momentum: 0.99, epsilon: node.number('epsilon', 1e-3), center: true, scale: true },
    [input],
    input.shape,
    { gamma: gamma!, beta: beta!, moving_mean: mean!, moving_variance: variance! },
  );
};

function pooling(kind: string): OpReader {
  return (node) => {
    const input = node.flow(0);
    const sizes = node.ints('ksize').slice(1, 3);
    const { config, spatial } = window(node, sizes, input);
    const { dilation_rate: _, ...settings } = config;
    return node.layer(`${kind}Pooling2D`, { pool_size: sizes, ...settings }, [input], [NaN, ...spatial, input.shape[3]!]);
  };
}

function reduction(kind: string): OpReader {
  return (node) => {
    const input = node.flow(0);
    const rank = input.shape.length;
    const axes = node
      .numbers(1)
      .map((axis) => (axis + rank) % rank)
      .toSorted((a, b) => a - b);
    if (rank < 3 || axes.length !== rank - 2 || axes.some((axis, at) => axis !== at + 1))
      throw node.refusal('it does not run over all spatial axes');
    const keepdims = node.flag('keep_dims');
    const shape = keepdims ? input.shape.map((size, axis) => (axes.includes(axis) ? 1 : size)) : [NaN, input.shape[rank - 1]!];
    return node.layer(`Global${kind}Pooling${axes.length}D`, { data_format: 'channels_last', keepdims }, [input], shape);
  };
}

/** A bias where the layer before has none and nothing else sees it; else a Rescaling, or a merging layer for two flows. */
function arithmetic(className: 'Add' | 'Subtract' | 'Multiply' | 'Divide'): OpReader {
  return (node) => {
    const [one, other] = node.inputs;
    if (one?.kind === 'flow' && other?.kind === 'flow') {
      if (className === 'Divide') throw node.refusal('it divides by what flows through the network');
      const longer = one.shape.length >= other.shape.length ? one : other;
      const shape = longer.shape.map((size, axis) => (size === 1 ? ((longer === one ? other : one).shape[axis] ?? 1) : size));
      return node.layer(className, {}, [one, other], shape);
    }
    const at = one?.kind === 'constant' ? 0 : 1;
    const input = node.flow(1 - at);
    const { data, shape } = node.weights(at);
    const added = className === 'Add' || (className === 'Subtract' && at === 1);
    const before = node.builder.layers.get(input.layer);
    const units =
      before?.config['filters'] ?? before?.config['units'] ?? (before?.className === 'DepthwiseConv2D' ? input.shape[3] : undefined);
    if (
      added &&
      node.aloneUses(1 - at) &&
      before?.config['use_bias'] === false &&
      units === data.length &&
      input.shape.at(-1) === data.length
    ) {
      node.builder.addBias(input.layer, className === 'Add' ? data : data.map((value) => 0 - value));
      return input;
    }
    if (data.length !== 1 && (data.length !== input.shape.at(-1) || shape.at(-1) !== data.length))
      throw node.refusal('its constant is neither one number nor one a channel');
    const list = Array.from(data);
    const pick = (values: readonly number[]) => (values.length === 1 ? values[0]! : values);
    const same = list.map(() => 1);
    const none = list.map(() => 0);
    const [scale, offset] = {
      Add: [same, list],
      Subtract: at === 1 ? [same, list.map((value) => 0 - value)] : [list.map(() => -1), list],
      Multiply: [list, none],
      Divide: at === 1 ? [list.map((value) => 1 / value), none] : [[NaN], [NaN]],
    }[className] as [number[], number[]];
    if (![...scale, ...offset].every(Number.isFinite)) throw node.refusal('it divides a constant, or by zero');
    return node.layer('Rescaling', { scale: pick(scale), offset: pick(offset) }, [input], input.shape);
  };
}

const reshape: OpReader = (node) => {
  const input = node.inputs[0]!;
  const wanted = node.numbers(1);
  if (input.kind === 'constant') return { ...input, shape: wanted };
  const [, ...rest] = wanted;
  const sample = product(input.shape.slice(1));
  const known = product(rest.filter((size) => size !== -1));
  const target = rest.map((size) => (size === -1 ? sample / known : size));
  if (target.length === 0 || product(target) !== sample || !target.every(Number.isInteger))
    throw node.refusal('it mixes samples of a batch');
  return target.length === 1
    ? node.layer('Flatten', { data_format: 'channels_last' }, [input], [NaN, ...target])
    : node.layer('Reshape', { target_shape: target }, [input], [NaN, ...target]);
};

/** Axes of size 1 come and go by a Reshape. */
function reshapedTo(node: GraphNode, shape: readonly number[]): Flow {
  return node.layer('Reshape', { target_shape: shape.slice(1) }, [node.flow(0)], shape);
}

const pad: OpReader = (node) => {
  const input = node.flow(0);
  const counts = node.numbers(1);
  const around = Array.from({ length: counts.length / 2 }, (_, axis) => [counts[2 * axis]!, counts[2 * axis + 1]!] as const);
  const value = node.inputs.length > 2 ? node.numbers(2)[0] : 0;
  const last = around.length - 1;
  if (value !== 0 || around.length < 3 || around.length > 5 || [around[0]!, around[last]!].flat().some((count) => count !== 0))
    throw node.refusal('it pads batch or channels, or with something else than zeros');
  const spatial = around.slice(1, -1);
  const shape = input.shape.map((size, axis) => size + around[axis]![0] + around[axis]![1]);
  const padding = spatial.length === 1 ? [...spatial[0]!] : spatial.map((each) => [...each]);
  return node.layer(`ZeroPadding${spatial.length}D`, { padding, data_format: 'channels_last' }, [input], shape);
};

const concatenate: OpReader = (node) => {
  const parts = node.inputs.slice(0, -1);
  const axis = Number(node.numbers(node.inputs.length - 1)[0]);
  if (parts.every((part) => part.kind === 'constant')) return constantOf(parts.flatMap((part) => Array.from((part as GraphConstant).data)));
  const flows = parts.map((_, index) => node.flow(index));
  const rank = flows[0]!.shape.length;
  const place = (axis + rank) % rank;
  if (place === 0) throw node.refusal('it joins samples');
  const shape = flows[0]!.shape.map((size, at) => (at === place ? flows.reduce((sum, flow) => sum + flow.shape[place]!, 0) : size));
  return node.layer('Concatenate', { axis: place }, flows, shape);
};

const resize: OpReader = (node) => {
  const input = node.flow(0);
  const [height = 0, width = 0] = node.numbers(1);
  const [bilinear, corners] = [node.op === 'ResizeBilinear', node.flag('align_corners')];
  if (corners ? !bilinear : !node.flag('half_pixel_centers'))
    throw node.refusal('it goes neither by half pixels nor from corner to corner');
  const interpolation = !bilinear ? 'nearest' : corners ? 'corners' : 'bilinear';
  return node.layer(
    'Resizing',
    { height, width, interpolation, data_format: 'channels_last' },
    [input],
    [NaN, height, width, input.shape[3]!],
  );
};

const stridedSlice: OpReader = (node) => {
  const source = node.constant(0);
  const [[begin = 0], [end = 0], [stride = 1]] = [node.numbers(1), node.numbers(2), node.numbers(3)];
  if (source.shape.length !== 1 || stride !== 1) throw node.refusal('it cuts what flows through the network, or in steps');
  const values = Array.from(source.data);
  if (node.number('shrink_axis_mask', 0) !== 0) return constantOf([values.at(begin) ?? NaN], []);
  return constantOf(values.slice(node.number('begin_mask', 0) === 0 ? begin : 0, node.number('end_mask', 0) === 0 ? end : undefined));
};

export const graphOps: Readonly<Record<string, OpReader>> = {
  Identity: passed,
  StopGradient: passed,
  Cast: passed,
  Conv2D: convolution,
  _FusedConv2D: convolution,
  DepthwiseConv2dNative: depthwise,
  FusedDepthwiseConv2dNative: depthwise,
  MatMul: matMul,
  _FusedMatMul: matMul,
  BiasAdd: arithmetic('Add'),
  Add: arithmetic('Add'),
  AddV2: arithmetic('Add'),
  Sub: arithmetic('Subtract'),
  Mul: arithmetic('Multiply'),
  RealDiv: arithmetic('Divide'),
  FusedBatchNorm: batchNormalization,
  FusedBatchNormV2: batchNormalization,
  FusedBatchNormV3: batchNormalization,
  Relu: activation('relu'),
  Relu6: activation('relu6'),
  Elu: activation('elu'),
  Selu: activation('selu'),
  Sigmoid: activation('sigmoid'),
  Tanh: activation('tanh'),
  Softplus: activation('softplus'),
  Softsign: activation('softsign'),
  Softmax: activation('softmax'),
  LogSoftmax: activation('log_softmax'),
  Exp: activation('exponential'),
  LeakyRelu: (node) => node.layer('LeakyReLU', { alpha: node.number('alpha', 0.2) }, [node.flow(0)], node.flow(0).shape),
  MaxPool: pooling('Max'),
  AvgPool: pooling('Average'),
  Mean: reduction('Average'),
  Max: reduction('Max'),
  Reshape: reshape,
  Squeeze: (node) => {
    const { shape } = node.flow(0);
    const axes = node.ints('squeeze_dims').map((axis) => (axis + shape.length) % shape.length);
    return reshapedTo(
      node,
      shape.filter((size, axis) => size !== 1 || (axes.length > 0 && !axes.includes(axis))),
    );
  },
  ExpandDims: (node) => {
    const { shape } = node.flow(0);
    const axis = (Number(node.numbers(1)[0]) + shape.length + 1) % (shape.length + 1);
    if (axis === 0) throw node.refusal('it puts an axis before the batch');
    return reshapedTo(node, [...shape.slice(0, axis), 1, ...shape.slice(axis)]);
  },
  Transpose: (node) => {
    const [input, axes] = [node.flow(0), node.numbers(1)];
    if (axes[0] !== 0) throw node.refusal('it moves the batch axis');
    return node.layer(
      'Permute',
      { dims: axes.slice(1) },
      [input],
      axes.map((axis) => input.shape[axis]!),
    );
  },
  Pad: pad,
  PadV2: pad,
  ConcatV2: concatenate,
  ResizeBilinear: resize,
  ResizeNearestNeighbor: resize,
  Maximum: (node) => node.layer('Maximum', {}, [node.flow(0), node.flow(1)], node.flow(0).shape),
  Minimum: (node) => node.layer('Minimum', {}, [node.flow(0), node.flow(1)], node.flow(0).shape),
  Shape: (node) => constantOf(node.inputs[0]!.shape),
  StridedSlice: stridedSlice,
  Pack: (node) => constantOf(node.inputs.flatMap((_, index) => node.numbers(index))),
  Prod: (node) => constantOf([product(node.numbers(0))], []),
};
