// Activations; what Keras has no word for is put together from Rescaling and a ReLU with a maximum.
import type { JsonObject } from '#network/model-artifact.ts';
import type { Flow } from '../network-builder.ts';
import type { NodeCall, OpReader } from '../node-call.ts';
import type { OnnxValue } from '../onnx-value.ts';
import { integersConstant } from '../constant.ts';
import { boundedLength } from './spelled-normalization.ts';
import { permuted, plainOrder } from '../../axis-order.ts';

/** What may be added to x and taken off again in float32 without harm. */
const farBound = 64;

export function activation(name: string, nonNegative = false): OpReader {
  return (call) => call.same('Activation', { activation: name }, call.flow(0), nonNegative);
}

export const leakyRelu: OpReader = (call) => call.same('LeakyReLU', { alpha: call.float('alpha', 0.01) }, call.flow(0));

export const elu: OpReader = (call) => {
  const alpha = call.float('alpha', 1);
  return call.same(alpha === 1 ? 'Activation' : 'ELU', alpha === 1 ? { activation: 'elu' } : { alpha }, call.flow(0));
};

/** max(0, x) + min(0, α (eˣ⁄α − 1)). */
export const celu: OpReader = (call) => {
  if (call.float('alpha', 1) !== 1) throw call.refusal('its alpha is not 1');
  return call.same('Activation', { activation: 'celu' }, call.flow(0));
};

/** The larger of x and −x. */
export const absolute: OpReader = (call) => {
  const input = call.flow(0);
  const negative = call.same('Rescaling', { scale: -1, offset: 0 }, input);
  const result: Flow = { ...input, layer: call.builder.add('Maximum', call.name, {}, [input, negative]), nonNegative: true };
  magnitudes.set(result, input.layer);
  return result;
};

/** |x|, and 1 + |x|, with the layer that x comes from: x / (1 + |x|) is a softsign. */
const magnitudes = new WeakMap<Flow, string>();
const magnitudesPlusOne = new WeakMap<Flow, string>();

export function onePlusMagnitude(input: Flow, result: Flow): Flow {
  const layer = magnitudes.get(input);
  if (layer !== undefined) magnitudesPlusOne.set(result, layer);
  return result;
}

/** The layer of x where the flow is 1 + |x|. */
export function magnitudePlusOne(flow: Flow): string | undefined {
  return magnitudesPlusOne.get(flow);
}

export const selu: OpReader = (call) => {
  if (Math.abs(call.float('alpha', 1.6732632) - 1.6732632) > 1e-5 || Math.abs(call.float('gamma', 1.050701) - 1.050701) > 1e-5)
    throw call.refusal("its alpha and gamma are not SELU's own");
  return call.same('Activation', { activation: 'selu' }, call.flow(0));
};

export const greater: OpReader = (call) => ({ kind: 'comparison', x: call.flow(0), above: Number(call.constant(1).data[0] ?? NaN) });

/** Keras asks of each index whether it counts from the end: none does. */
export const less: OpReader = (call) => {
  const layer = call.builder.layers.get(call.flow(0).layer);
  const indices = layer?.className === 'InputLayer' && layer.config['dtype'] === 'int32';
  if (!indices || Array.from(call.constant(1).data).some((value) => value > 0))
    throw call.refusal('it compares what flows through the network');
  return integersConstant([0], []);
};

/** PyTorch gives x itself where softplus is no different from it: above 20 by less than 2·10⁻⁹. */
export const where: OpReader = (call) => {
  const [condition, x, soft] = [call.inputs[0], call.flow(1), call.flow(2)];
  const layer = call.builder.layers.get(soft.layer);
  const softplus = layer?.config['activation'] === 'softplus' && layer.inputs[0] === x.layer;
  if (condition?.kind !== 'comparison' || condition.x.layer !== x.layer || condition.above < 15 || !softplus)
    throw call.refusal('it chooses between two tensors');
  return soft;
};

export const thresholdedRelu: OpReader = (call) =>
  call.same('ThresholdedReLU', { theta: call.float('alpha', 1) }, call.flow(0), call.float('alpha', 1) >= 0);

export const gelu: OpReader = (call) => {
  return call.same('Activation', { activation: call.text('approximate', 'none') === 'none' ? 'gelu' : 'gelu_new' }, call.flow(0));
};

/** max(0, min(1, α x + β)); Keras 2's has α 0.2 and β 0.5, PyTorch's 1/6 and 0.5. */
export const hardSigmoid: OpReader = (call) => hardSigmoidOf(call, call.flow(0), call.float('alpha', 0.2), call.float('beta', 0.5));

/** x · max(0, min(1, x / 6 + 0.5)) (Howard et al. 2019). */
export const hardSwish: OpReader = (call) => call.same('Activation', { activation: 'hard_silu' }, call.flow(0));

function hardSigmoidOf(call: NodeCall, input: Flow, alpha: number, beta: number): Flow {
  if (Math.abs(alpha - 0.2) < 1e-7 && beta === 0.5) return call.same('Activation', { activation: 'hard_sigmoid' }, input, true);
  return call.same('ReLU', { max_value: 1 }, call.same('Rescaling', { scale: alpha, offset: beta }, input), true);
}

export const clip: OpReader = (call): OnnxValue => {
  const bound = (name: string, index: number): number | undefined => {
    const value = call.opset < 11 ? call.float(name, NaN) : call.has(index) ? Number(call.constant(index).data[0]) : NaN;
    return Number.isNaN(value) || Math.abs(value) > 3e38 ? undefined : value;
  };
  const [low, high] = [bound('min', 1), bound('max', 2)];
  const length = high === undefined ? boundedLength(call, low ?? 0) : undefined;
  return length ?? between(call, call.flow(0), low, high);
};

/**
 * Between two bounds: a + ReLU(x − a, at most b − a). Bounds far from 0 would leave little of x after that sum in float32, so that both
 * signs are bounded apart: ReLU(x, at most b) − ReLU(−x, at most −a).
 */
export function between(call: NodeCall, input: Flow, low: number | undefined, high: number | undefined): Flow {
  if (low === undefined && high === undefined) return input;
  if (low !== undefined && high !== undefined && high <= low) throw call.refusal('its bounds leave nothing between them');
  if (input.nonNegative && high !== undefined && high > 0 && (low ?? 0) <= 0) return call.same('ReLU', { max_value: high }, input, true);
  const shift = low ?? high!;
  if (Math.abs(shift) > farBound && (low ?? 0) <= 0 && (high ?? 0) >= 0) return bySign(call, input, low, high);
  const move = (flow: Flow, scale: number, offset: number): Flow =>
    scale === 1 && offset === 0 ? flow : call.same('Rescaling', { scale, offset }, flow);
  if (low === undefined) return move(call.same('ReLU', {}, move(input, -1, high!)), -1, high!);
  const inside = call.same('ReLU', high === undefined ? {} : { max_value: high - low }, move(input, 1, -low), true);
  return { ...move(inside, 1, low), nonNegative: low >= 0 };
}

function bySign(call: NodeCall, input: Flow, low: number | undefined, high: number | undefined): Flow {
  const upTo = (most: number | undefined): JsonObject => (most === undefined ? {} : { max_value: most });
  const turned = (flow: Flow): Flow => call.same('Rescaling', { scale: -1, offset: 0 }, flow);
  const above = call.same('ReLU', upTo(high), input, true);
  const below = call.same('ReLU', upTo(low === undefined ? undefined : -low), turned(input), true);
  return { ...input, layer: call.builder.add('Add', call.name, {}, [above, turned(below)]), nonNegative: false };
}

/** A slope for all entries alike, one a channel, or one an entry. */
export const prelu: OpReader = (call) => {
  const input = call.flow(0).flattened === undefined ? call.flow(0) : call.builder.plain(call.flow(0));
  const { shape, data } = call.weights(1);
  const rank = input.shape.length;
  // Some exporters leave a bare list of channels rather than one stretched over the axes behind.
  const bare = shape.length === 1 && shape[0] !== 1 && rank > 2 && shape[0] === input.shape[1];
  const sizes = bare
    ? [1, shape[0]!, ...input.shape.slice(2).map(() => 1)]
    : [...Array.from({ length: rank - shape.length }, () => 1), ...shape];
  if (sizes.length !== rank || sizes.some((size, axis) => size !== 1 && (axis === 0 || size !== input.shape[axis])))
    throw call.refusal(`its slopes (${shape.join(', ')}) do not fit its input`);
  const order = [...input.order, ...plainOrder(rank).filter((axis) => !input.order.includes(axis))];
  const stored = input.order.slice(1).map((axis) => sizes[axis]!);
  const shared = stored.flatMap((size, axis) => (size === 1 ? [axis + 1] : []));
  const layer = call.builder.add('PReLU', call.name, { shared_axes: shared }, [input], {
    alpha: { shape: stored, data: permuted(data, sizes, order) },
  });
  return { ...input, layer, nonNegative: false };
};

export function softmax(name: 'softmax' | 'log_softmax'): OpReader {
  return (call) => {
    const flow = call.flow(0);
    const rank = flow.shape.length;
    const axis = call.axis(call.int('axis', call.opset < 13 ? 1 : -1), rank);
    // Until opset 13 all axes from this one on were taken together.
    if (call.opset < 13 && axis !== rank - 1) throw call.refusal('it runs over several axes at once');
    const others = plainOrder(rank).filter((each) => each !== axis);
    const complete = flow.order.length === rank && flow.flattened === undefined && flow.order.at(-1) === axis;
    return call.same(
      'Activation',
      { activation: name },
      complete ? flow : call.builder.stored(flow, [...others, axis]),
      name === 'softmax',
    );
  };
}
