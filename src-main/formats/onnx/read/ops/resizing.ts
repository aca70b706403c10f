// Nearest-neighbour up-sampling.
import { channelsLast } from '../../axis-order.ts';
import type { OpReader } from '../node-call.ts';

/** Whole factors, each entry repeated. */
export const resize: OpReader = (call) => {
  const flow = call.flow(0);
  const rank = flow.shape.length;
  if (rank !== 4) throw call.refusal('its input is no image');
  const mode = call.text('mode', 'nearest');
  if (mode !== 'nearest')
    throw call.refusal(`Keras and TensorFlow.js compute ${mode} interpolation differently`, 'Use nearest interpolation.');
  const [coordinates, nearest] = [
    call.text('coordinate_transformation_mode', 'half_pixel'),
    call.text('nearest_mode', 'round_prefer_floor'),
  ];
  const repeats =
    call.op === 'Upsample' ||
    (coordinates === 'asymmetric' && nearest === 'floor') ||
    (coordinates === 'half_pixel' && nearest.startsWith('round_prefer')) ||
    coordinates === 'tf_half_pixel_for_nn';
  if (!repeats) throw call.refusal('it rounds positions in a way that does not repeat each entry');
  const inputs = call.op === 'Upsample' || call.opset < 11 ? { scales: 1, sizes: 9 } : { scales: 2, sizes: 3 };
  const filled = (index: number): boolean => call.has(index) && call.constant(index).data.length === 4;
  const scales =
    call.floats('scales') ??
    (filled(inputs.scales)
      ? Array.from(call.constant(inputs.scales).data)
      : filled(inputs.sizes)
        ? Array.from(call.constant(inputs.sizes).data, (size, axis) => (axis < 2 ? 1 : size / flow.shape[axis]!))
        : []);
  if (
    scales.length !== 4 ||
    scales[0] !== 1 ||
    scales[1] !== 1 ||
    scales.some((scale) => !Number.isInteger(scale) || scale < 1 || scale > 1000)
  )
    throw call.refusal('its factors are not whole numbers, or it changes channels');
  const input = call.builder.stored(flow, channelsLast(4));
  const shape = flow.shape.map((size, axis) => size * scales[axis]!);
  return call.layer(
    'UpSampling2D',
    { size: scales.slice(2), data_format: 'channels_last', interpolation: 'nearest' },
    [input],
    shape,
    input.order,
    {},
    flow.nonNegative,
  );
};
