// DepthToSpace and SpaceToDepth: blocks of positions as channels and back, as sub-pixel convolution wants them (Shi et al. 2016).
import { channelsLast } from '../../axis-order.ts';
import type { Flow } from '../network-builder.ts';
import type { NodeCall, OpReader } from '../node-call.ts';

/** (N, C · b², H, W) to (N, C, H · b, W · b): channels count block rows, block columns and channels (DCR), or channels first (CRD). */
export const depthToSpace: OpReader = (call) => {
  const { input, block, sizes } = blocks(call);
  const [channels, height, width] = sizes;
  const depth = channels / block ** 2;
  if (!Number.isInteger(depth)) throw call.damage('its channels are no whole number of blocks');
  const channelsFirst = call.text('mode', 'DCR') === 'CRD';
  const apart = [height, width, ...(channelsFirst ? [depth, block, block] : [block, block, depth])];
  // (H, W, …) to (H, block row, W, block column, C).
  const order = channelsFirst ? [1, 4, 2, 5, 3] : [1, 3, 2, 4, 5];
  return moved(call, input, apart, order, [depth, height * block, width * block]);
};

/** (N, C, H · b, W · b) to (N, b² · C, H, W): block rows, block columns, channels. */
export const spaceToDepth: OpReader = (call) => {
  const { input, block, sizes } = blocks(call);
  const [channels, height, width] = sizes;
  const [rows, columns] = [height / block, width / block];
  if (!Number.isInteger(rows) || !Number.isInteger(columns)) throw call.damage('its image is no whole number of blocks');
  return moved(call, input, [rows, block, columns, block, channels], [1, 3, 2, 4, 5], [channels * block ** 2, rows, columns]);
};

function blocks(call: NodeCall): { input: Flow; block: number; sizes: readonly [channels: number, height: number, width: number] } {
  const flow = call.flow(0);
  const block = call.int('blocksize', 0);
  const [batch = 0, channels = 0, height = 0, width = 0] = flow.shape;
  if (flow.shape.length !== 4 || !Number.isNaN(batch) || block < 1) throw call.refusal('its input is no image, or its blocks have no size');
  return { input: call.builder.stored(flow, channelsLast(4)), block, sizes: [channels, height, width] };
}

function moved(
  call: NodeCall,
  input: Flow,
  apart: readonly number[],
  order: readonly number[],
  [channels, height, width]: readonly number[],
): Flow {
  const { nonNegative } = input;
  const named = (what: string, className: string, config: Record<string, readonly number[]>, from: Flow): Flow => ({
    ...from,
    layer: call.builder.add(className, `${call.name}_${what}`, config, [from]),
  });
  const taken = named('blocks', 'Reshape', { target_shape: apart }, input);
  const turned = named('order', 'Permute', { dims: order }, taken);
  const shape = [input.shape[0]!, channels!, height!, width!];
  return call.layer('Reshape', { target_shape: [height!, width!, channels!] }, [turned], shape, channelsLast(4), {}, nonNegative);
}
