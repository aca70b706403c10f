// Batch and layer normalization.
import { channelsLast, permuted, plainOrder } from '../../axis-order.ts';
import type { OpReader } from '../node-call.ts';

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
