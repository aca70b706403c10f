// Up-sampling by repetition, and bilinear interpolation by half pixels.
import { channelsLast } from '../../axis-order.ts';
import type { OpReader } from '../node-call.ts';

/** Whole factors, each entry repeated; bilinear to any size. */
export const resize: OpReader = (call) => {
  const flow = call.flow(0);
  const rank = flow.shape.length;
  if (rank !== 4) throw call.refusal('its input is no image');
  const mode = call.text('mode', 'nearest');
  const [coordinates, nearest] = [
    call.text('coordinate_transformation_mode', 'half_pixel'),
    call.text('nearest_mode', 'round_prefer_floor'),
  ];
  const repeats =
    call.op === 'Upsample' ||
    (coordinates === 'asymmetric' && nearest === 'floor') ||
    (coordinates === 'half_pixel' && nearest.startsWith('round_prefer')) ||
    coordinates === 'tf_half_pixel_for_nn';
  const linear = mode === 'linear' && call.op === 'Resize' && /^(pytorch_)?half_pixel$/.test(coordinates) && call.opset >= 11;
  if (!linear && mode !== 'nearest')
    throw call.refusal(
      `its ${mode} interpolation (${coordinates}) is none that Keras has`,
      'Use nearest or bilinear interpolation by half pixels.',
    );
  if (!linear && !repeats) throw call.refusal('it rounds positions in a way that does not repeat each entry');
  const inputs = call.op === 'Upsample' || call.opset < 11 ? { scales: 1, sizes: 9 } : { scales: 2, sizes: 3 };
  const filled = (index: number): boolean => call.has(index) && call.constant(index).data.length === 4;
  const scales =
    call.floats('scales') ??
    (filled(inputs.scales)
      ? Array.from(call.constant(inputs.scales).data)
      : filled(inputs.sizes)
        ? Array.from(call.constant(inputs.sizes).data, (size, axis) => (axis < 2 ? 1 : size / flow.shape[axis]!))
        : []);
  const whole = scales.every((scale) => Number.isInteger(scale) && scale >= 1);
  if (
    scales.length !== 4 ||
    scales[0] !== 1 ||
    scales[1] !== 1 ||
    scales.some((scale) => !(scale > 0 && scale <= 1000)) ||
    (!whole && !linear)
  )
    throw call.refusal('its factors are not whole numbers, or it changes channels');
  const input = call.builder.stored(flow, channelsLast(4));
  const shape = flow.shape.map((size, axis) => (axis < 2 ? size : Math.floor(size * scales[axis]! + 1e-6)));
  if (!whole) {
    const config = { height: shape[2]!, width: shape[3]!, interpolation: 'bilinear', data_format: 'channels_last' };
    return call.layer('Resizing', config, [input], shape, input.order, {}, flow.nonNegative);
  }
  return call.layer(
    'UpSampling2D',
    { size: scales.slice(2), data_format: 'channels_last', interpolation: linear ? 'bilinear' : 'nearest' },
    [input],
    shape,
    input.order,
    {},
    flow.nonNegative,
  );
};
