// Up-sampling by repetition, and bilinear interpolation by half pixels or from corner to corner.
import { channelsLast } from '../../axis-order.ts';
import type { Flow } from '../network-builder.ts';
import type { NodeCall, OpReader } from '../node-call.ts';

type Interpolation = 'nearest' | 'bilinear' | 'corners';

/** Whole factors, each entry repeated, for sequences, images and volumes; images to any size bilinearly. */
export const resize: OpReader = (call) => {
  const flow = call.flow(0);
  const rank = flow.shape.length;
  if (rank < 3 || rank > 5) throw call.refusal(`its input has ${rank} axes`);
  const interpolation = interpolationOf(call);
  const scales = scalesOf(call, flow);
  const [batch, channels, ...spatial] = scales;
  const whole = scales.every(Number.isInteger);
  if (scales.length !== rank || batch !== 1 || channels !== 1 || scales.some((scale) => !(scale > 0 && scale <= 1000)))
    throw call.refusal('it changes batch or channels, or its factors are out of all measure');
  const input = call.builder.stored(flow, channelsLast(rank));
  const shape = flow.shape.map((size, axis) => (axis < 2 ? size : Math.floor(size * scales[axis]! + 1e-6)));
  const layer = (className: string, config: Record<string, string | number | readonly number[]>): Flow =>
    call.layer(className, config, [input], shape, input.order, {}, flow.nonNegative);
  if (interpolation === 'nearest') {
    if (!whole) throw call.refusal('its factors are not whole numbers');
    return rank === 3
      ? layer('UpSampling1D', { size: spatial[0]! })
      : layer(`UpSampling${rank - 2}D`, { size: spatial, data_format: 'channels_last' });
  }
  if (rank !== 4) throw call.refusal('it interpolates in something else than an image');
  if (whole && interpolation === 'bilinear') return layer('UpSampling2D', { size: spatial, data_format: 'channels_last', interpolation });
  return layer('Resizing', { height: shape[2]!, width: shape[3]!, interpolation, data_format: 'channels_last' });
};

function interpolationOf(call: NodeCall): Interpolation {
  const mode = call.text('mode', 'nearest');
  const coordinates = call.text('coordinate_transformation_mode', 'half_pixel');
  if (mode === 'nearest') {
    const nearest = call.text('nearest_mode', 'round_prefer_floor');
    const repeats =
      call.op === 'Upsample' ||
      (coordinates === 'asymmetric' && nearest === 'floor') ||
      (coordinates === 'half_pixel' && nearest.startsWith('round_prefer')) ||
      coordinates === 'tf_half_pixel_for_nn';
    if (!repeats) throw call.refusal('it rounds positions in a way that does not repeat each entry');
    return 'nearest';
  }
  if (mode === 'linear' && call.op === 'Resize' && call.opset >= 11) {
    if (coordinates === 'align_corners') return 'corners';
    if (/^(pytorch_)?half_pixel$/.test(coordinates)) return 'bilinear';
  }
  throw call.refusal(`its ${mode} interpolation (${coordinates}) is none that Espalier has`, 'Use nearest or bilinear interpolation.');
}

/** A factor an axis, from factors or from sizes; what was cut off a size by rounding comes back by rounding down. */
function scalesOf(call: NodeCall, { shape }: Flow): readonly number[] {
  const inputs = call.op === 'Upsample' || call.opset < 11 ? { scales: 1, sizes: 9 } : { scales: 2, sizes: 3 };
  const listed = (index: number): readonly number[] | undefined => {
    const data = call.has(index) ? Array.from(call.constant(index).data) : [];
    return data.length === shape.length ? data : undefined;
  };
  const sizes = listed(inputs.sizes);
  return call.floats('scales') ?? listed(inputs.scales) ?? sizes?.map((size, axis) => (axis < 2 ? 1 : size / shape[axis]!)) ?? [];
}
