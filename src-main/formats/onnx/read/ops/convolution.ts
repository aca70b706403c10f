// Conv and ConvTranspose: kernels from ONNX's (out, in, window) to Keras's (window, in, out).
import { channelsLast, permuted } from '../../axis-order.ts';
import { elements } from '../constant.ts';
import type { Flow, LayerWeight } from '../network-builder.ts';
import type { NodeCall, OpReader } from '../node-call.ts';
import { asImages, cropped, images, kerasPadding, positions, readWindow, zeroPadded } from './window.ts';

const maxKernel = 2 ** 28;

export const convolution: OpReader = (call) => {
  const { input, spatial, channels } = images(call);
  const axes = spatial.length;
  const { shape, data } = call.weights(1);
  const group = call.int('group', 1);
  const [filters = 0, perGroup = 0, ...sizes] = shape;
  if (shape.length !== axes + 2 || group < 1 || perGroup * group !== channels || filters % group !== 0 || data.length === 0)
    throw call.damage(`its kernel (${shape.join(', ')}) does not fit its ${channels} input channels`);
  const window = readWindow(call, spatial, sizes);
  if (window.dilations.some((each) => each !== 1) && window.strides.some((each) => each !== 1))
    throw call.refusal('it has both strides and dilation');
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
  if (group > 1 && perGroup === 1) return depthwise(call, padded, output, { filters, channels, sizes, data }, config, bias);
  // Volumes alone have no groups here.
  const whole = group === 1 || axes < 3;
  const dense = whole ? data : ungrouped(call, data, filters, perGroup, group, elements(sizes));
  const inputs = whole ? perGroup : channels;
  const kernel = permuted(dense, [filters, inputs, ...sizes], [...sizes.map((_, axis) => axis + 2), 1, 0]);
  const groups = whole && group > 1 ? { groups: group } : {};
  return call.layer(`Conv${axes}D`, { filters, ...config, ...groups }, [padded], output, channelsLast(axes + 2), {
    kernel: { shape: [...sizes, inputs, filters], data: kernel },
    ...bias,
  });
};

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
  config: Readonly<Record<string, unknown>>,
  bias: Readonly<Record<string, LayerWeight>>,
): Flow {
  const { filters, channels, sizes, data } = kernel;
  const axes = sizes.length;
  const multiplier = filters / channels;
  const [strides, dilations] = [call.ints('strides') ?? sizes.map(() => 1), call.ints('dilations') ?? sizes.map(() => 1)];
  if (strides.some((stride) => axes === 2 && stride !== strides[0]))
    throw call.refusal('it is depthwise with other strides across than down');
  if (dilations.some((each) => each !== 1) && strides.some((each) => each !== 1))
    throw call.refusal('it is depthwise with both strides and dilation');
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
        padding: config['padding'] === 'same' ? 'same' : 'valid',
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
  if (call.int('group', 1) !== 1) throw call.refusal('it has groups');
  if (shape.length !== axes + 2 || inputs !== channels || filters < 1 || call.ints('output_shape') !== undefined)
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
  const kernel = { shape: [...sizes, filters, channels], data: permuted(data, shape, [...sizes.map((_, axis) => axis + 2), 1, 0]) };
  const output = [input.shape[0]!, filters, ...(same ? wanted : full)];
  const result = call.layer(`Conv${axes}DTranspose`, config, [input], output, channelsLast(axes + 2), {
    kernel,
    ...(call.has(2) ? { bias: biasOf(call, filters) } : {}),
  });
  return same ? result : cropped(call, result, before, behind);
};

function biasOf(call: NodeCall, filters: number): LayerWeight {
  const bias = call.weights(2);
  if (bias.data.length !== filters) throw call.damage('its bias does not fit its filters');
  return { shape: [filters], data: bias.data };
}
