// Batch, layer, instance and group normalization.
import { channelsLast, permuted, plainOrder } from '../../axis-order.ts';
import type { Flow } from '../network-builder.ts';
import type { NodeCall, OpReader } from '../node-call.ts';

export const batchNormalization: OpReader = (call) => {
  const flow = call.flow(0);
  const rank = flow.shape.length;
  if (call.int('training_mode', 0) !== 0 || rank < 2 || rank > 5)
    throw call.refusal('it is written for training', 'Export the model in evaluation mode.');
  const folded = flow.flattened;
  const input = folded === undefined ? call.builder.stored(flow, rank === 2 ? plainOrder(2) : channelsLast(rank)) : flow;
  const [gamma, beta, mean, variance] = [1, 2, 3, 4].map((index) => {
    const { data } = call.weights(index);
    if (data.length !== flow.shape[1]) throw call.damage('its statistics do not fit its channels');
    return { shape: [data.length], data: folded === undefined ? data : permuted(data, folded.shape, folded.order) };
  });
  const config = { axis: -1, momentum: call.float('momentum', 0.9), epsilon: call.float('epsilon', 1e-5), center: true, scale: true };
  return {
    ...input,
    nonNegative: false,
    layer: call.builder.add('BatchNormalization', call.name, config, [input], {
      gamma: gamma!,
      beta: beta!,
      moving_mean: mean!,
      moving_variance: variance!,
    }),
  };
};

export const layerNormalization: OpReader = (call) => {
  const flow = call.flow(0);
  const rank = flow.shape.length;
  const first = call.axis(call.int('axis', -1), rank);
  const input = call.builder.plain(flow);
  const sizes = input.shape.slice(first);
  const of = (index: number) => ({ shape: sizes, data: call.weights(index).data });
  const [gamma, beta] = [of(1), call.has(2) ? of(2) : undefined];
  const count = sizes.reduce((product, size) => product * size, 1);
  if (first === 0 || [gamma, beta].some((weight) => weight !== undefined && weight.data.length !== count))
    throw call.refusal('its scale does not fit the axes that it normalises');
  const axis = sizes.map((_, at) => first + at);
  const config = { axis: axis.length === 1 ? -1 : axis, epsilon: call.float('epsilon', 1e-5), center: beta !== undefined, scale: true };
  return call.layer('LayerNormalization', config, [input], input.shape, input.order, { gamma, ...(beta === undefined ? {} : { beta }) });
};

/** Every channel by itself over its positions: groups of one channel. */
export const instanceNormalization: OpReader = (call) =>
  grouped(call, call.flow(0).shape[1] ?? 1, call.weights(1).data, call.weights(2).data);

/** Until opset 21 it has a scale a group, from then on one a channel. */
export const groupNormalization: OpReader = (call) => {
  const groups = call.int('num_groups', 0);
  const channels = call.flow(0).shape[1] ?? 0;
  if (groups < 1 || channels % groups !== 0) throw call.damage('its groups do not fit its channels');
  const spread = (index: number): Float32Array => {
    const { data } = call.weights(index);
    return data.length === channels
      ? data
      : Float32Array.from({ length: channels }, (_, at) => data[Math.floor((at * groups) / channels)]!);
  };
  return grouped(call, groups, spread(1), spread(2));
};

function grouped(call: NodeCall, groups: number, gamma: Float32Array, beta: Float32Array): Flow {
  const flow = call.flow(0);
  const rank = flow.shape.length;
  if (rank < 3 || rank > 5) throw call.refusal(`its input has ${rank} axes`);
  const input = call.builder.stored(flow, channelsLast(rank));
  const shape = [flow.shape[1]!];
  if (gamma.length !== shape[0] || beta.length !== shape[0]) throw call.damage('its scale does not fit its channels');
  return call.layer(
    'GroupNormalization',
    { groups, axis: -1, epsilon: call.float('epsilon', 1e-5), center: true, scale: true },
    [input],
    input.shape,
    input.order,
    { gamma: { shape, data: gamma }, beta: { shape, data: beta } },
  );
}
