// Conv and ConvTranspose: kernels from ONNX's (out, in, window) to Keras's (window, in, out).
import { channelsLast, permuted } from '../../axis-order.ts';
import { elements } from '../constant.ts';
import type { Flow, LayerWeight } from '../network-builder.ts';
import type { NodeCall, OpReader } from '../node-call.ts';
import { cut } from './padding-and-cutting.ts';
import {
  asImages,
  cropped,
  everySth,
  images,
  kerasPadding,
  positions,
  readWindow,
  zeroPadded,
  type Images,
  type Window,
} from './window.ts';

const maxKernel = 2 ** 28;
/** Of a transposed convolution: each is a layer. */
const mostGroups = 64;

interface Kernel {
  readonly filters: number;
  readonly perGroup: number;
  readonly group: number;
  readonly sizes: readonly number[];
  /** (out, in / groups, window) */
  readonly data: Float32Array;
}

export const convolution: OpReader = (call) => {
  const image = images(call);
  const { spatial, channels } = image;
  const { shape, data } = call.weights(1);
  const group = call.int('group', 1);
  const [filters = 0, perGroup = 0, ...sizes] = shape;
  if (shape.length !== spatial.length + 2 || group < 1 || perGroup * group !== channels || filters % group !== 0 || data.length === 0)
    throw call.damage(`its kernel (${shape.join(', ')}) does not fit its ${channels} input channels`);
  const window = readWindow(call, spatial, sizes);
  const kernel: Kernel = { filters, perGroup, group, sizes, data };
  const [strided, dilated] = [window.strides, window.dilations].map((list) => list.some((each) => each !== 1));
  if (!strided || !dilated) return convolved(call, image, kernel, window);
  // Keras has either; at every position first, and then every s-th is kept.
  return everySth(call, convolved(call, image, kernel, { ...window, strides: sizes.map(() => 1) }), window.strides);
};

function convolved(call: NodeCall, { input, spatial, channels }: Images, kernel: Kernel, window: Window): Flow {
  const { filters, perGroup, group, sizes, data } = kernel;
  const axes = spatial.length;
  const output = [input.shape[0]!, filters, ...positions(call, spatial, window)];
  const padding = kerasPadding(spatial, window);
  const padded = padding === undefined ? zeroPadded(call, input, window.before, window.after) : input;
  const config = {
    kernel_size: sizes,
    strides: window.strides,
    padding: padding ?? 'valid',
    data_format: 'channels_last',
    dilation_rate: window.dilations,
    activation: 'linear',
    use_bias: call.has(2),
  };
  const bias: Readonly<Record<string, LayerWeight>> = call.has(2) ? { bias: biasOf(call, filters) } : {};
  // Depthwise layers take one stride for both axes, and none over volumes.
  const even = window.strides.every((stride) => stride === window.strides[0]);
  if (group > 1 && perGroup === 1 && axes < 3 && (axes === 1 || even))
    return depthwise(call, padded, output, { filters, channels, sizes, data }, config, bias);
  // Volumes alone have no groups here.
  const whole = group === 1 || axes < 3;
  const dense = whole ? data : ungrouped(call, data, filters, perGroup, group, elements(sizes));
  const inputs = whole ? perGroup : channels;
  const moved = permuted(dense, [filters, inputs, ...sizes], [...sizes.map((_, axis) => axis + 2), 1, 0]);
  const groups = whole && group > 1 ? { groups: group } : {};
  return call.layer(`Conv${axes}D`, { filters, ...config, ...groups }, [padded], output, channelsLast(axes + 2), {
    kernel: { shape: [...sizes, inputs, filters], data: moved },
    ...bias,
  });
}

interface DepthwiseKernel {
  readonly filters: number;
  readonly channels: number;
  readonly sizes: readonly number[];
  readonly data: Float32Array;
}

/** (channels · multiplier, 1, window) as (window, channels, multiplier); sequences go through as images one entry wide. */
function depthwise(
  call: NodeCall,
  input: Flow,
  output: readonly number[],
  kernel: DepthwiseKernel,
  {
    padding,
    strides,
    dilation_rate: dilations,
  }: Readonly<{ padding: string; strides: readonly number[]; dilation_rate: readonly number[] }>,
  bias: Readonly<Record<string, LayerWeight>>,
): Flow {
  const { filters, channels, sizes, data } = kernel;
  const axes = sizes.length;
  const multiplier = filters / channels;
  const moved = permuted(data, [channels, multiplier, ...sizes], [...sizes.map((_, axis) => axis + 2), 0, 1]);
  const wide = axes === 1 ? [...sizes, 1] : sizes;
  // Depthwise kernels take one stride for both axes: across one entry any stride gives one position.
  const square = (values: readonly number[]): readonly number[] => (axes === 1 ? [values[0]!, values[0]!] : values);
  return asImages(call, { ...input, nonNegative: false }, axes, output, (image) =>
    call.builder.add(
      'DepthwiseConv2D',
      call.name,
      {
        kernel_size: wide,
        strides: square(strides),
        padding,
        data_format: 'channels_last',
        dilation_rate: square(dilations),
        depth_multiplier: multiplier,
        activation: 'linear',
        use_bias: call.has(2),
      },
      [image],
      { depthwise_kernel: { shape: [...wide, channels, multiplier], data: moved }, ...bias },
    ),
  );
}

/** A grouped kernel as a whole one, zero where a filter doesn't look. (out, in / groups, window) → (out, in, window). */
function ungrouped(call: NodeCall, data: Float32Array, filters: number, perGroup: number, group: number, window: number): Float32Array {
  if (data.length * group > maxKernel) throw call.refusal(`its ${group} groups would take ${data.length * group} numbers without groups`);
  const whole = new Float32Array(data.length * group);
  const row = perGroup * window;
  for (let filter = 0; filter < filters; filter++) {
    const member = Math.floor(filter / (filters / group));
    whole.set(data.subarray(filter * row, (filter + 1) * row), filter * row * group + member * row);
  }
  return whole;
}

/**
 * Keras's full result is s·n + max(k − s, 0) long; ONNX's begins `before` further in and ends where its formula says. Worked example: k = 3, s = 2,
 * pads 1 and output padding 1, n = 4: of the 9 entries the first goes, 8 stay.
 */
export const transposed: OpReader = (call) => {
  const { input, spatial, channels } = images(call);
  const { shape, data } = call.weights(1);
  const axes = spatial.length;
  const [inputs = 0, filters = 0, ...sizes] = shape;
  const group = call.int('group', 1);
  if (shape.length !== axes + 2 || inputs !== channels || filters < 1 || channels % group !== 0 || call.ints('output_shape') !== undefined)
    throw call.refusal("its kernel does not fit its input, or it states its output's shape");
  const { strides, dilations, before, after } = readWindow(call, spatial, sizes);
  if (dilations.some((dilation) => dilation !== 1) || call.text('auto_pad', 'NOTSET') !== 'NOTSET')
    throw call.refusal('it is dilated, or padded automatically');
  const extra = call.ints('output_padding') ?? sizes.map(() => 0);
  const full = spatial.map((length, axis) => length * strides[axis]! + Math.max(sizes[axis]! - strides[axis]!, 0));
  const wanted = spatial.map(
    (length, axis) => strides[axis]! * (length - 1) + sizes[axis]! + (extra[axis] ?? 0) - before[axis]! - after[axis]!,
  );
  const behind = full.map((length, axis) => length - before[axis]! - wanted[axis]!);
  if (behind.some((count) => count < 0) || wanted.some((length) => length < 1))
    throw call.refusal('its output padding reaches past what its kernel covers');
  const same = sizes.every((size, axis) => {
    const surplus = Math.max(size - strides[axis]!, 0);
    return before[axis] === Math.floor(surplus / 2) && behind[axis] === Math.ceil(surplus / 2);
  });
  const config = {
    filters,
    kernel_size: sizes,
    strides,
    padding: same ? 'same' : 'valid',
    data_format: 'channels_last',
    activation: 'linear',
    use_bias: call.has(2),
  };
  const [perGroup, order] = [channels / group, channelsLast(axes + 2)];
  const outputs = (count: number): number[] => [input.shape[0]!, count, ...(same ? wanted : full)];
  const bias = call.has(2) ? biasOf(call, filters * group) : undefined;
  if (group > mostGroups) throw call.refusal(`it has ${group} groups`);
  // Keras has no groups there: each of them is a layer on its channels.
  const parts = Array.from({ length: group }, (_, at): Flow => {
    const own = data.subarray((at * data.length) / group, ((at + 1) * data.length) / group);
    const kernel = permuted(own, [perGroup, filters, ...sizes], [...sizes.map((_size, axis) => axis + 2), 1, 0]);
    const from = group === 1 ? input : cut(call, input, 1, at * perGroup, (group - 1 - at) * perGroup);
    return call.layer(`Conv${axes}DTranspose`, config, [from], outputs(filters), order, {
      kernel: { shape: [...sizes, filters, perGroup], data: kernel },
      ...(bias === undefined ? {} : { bias: { shape: [filters], data: bias.data.subarray(at * filters, (at + 1) * filters) } }),
    });
  });
  const result = group === 1 ? parts[0]! : call.layer('Concatenate', { axis: -1 }, parts, outputs(filters * group), order);
  return same ? result : cropped(call, result, before, behind);
};

function biasOf(call: NodeCall, filters: number): LayerWeight {
  const bias = call.weights(2);
  if (bias.data.length !== filters) throw call.damage('its bias does not fit its filters');
  return { shape: [filters], data: bias.data };
}
