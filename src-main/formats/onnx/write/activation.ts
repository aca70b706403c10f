// Keras's activations as ONNX ops; they work entry by entry, so that the order of axes doesn't matter, but for softmax.
import { activationOf, isList, numberOf } from '#network/config-values.ts';
import type { Json } from '#network/model-artifact.ts';
import { permuted } from '../axis-order.ts';
import { float, int, type Attribute } from './attributes.ts';
import type { Value } from './graph-writer.ts';
import type { LayerCall, LayerWriter } from './layer-call.ts';

type Shape = (call: LayerCall, x: string) => string;

const op =
  (type: string, ...attributes: Attribute[]): Shape =>
  (call, x) =>
    call.op(type, [x], attributes);
const times = (call: LayerCall, one: string, other: string): string => call.op('Mul', [one, other]);
const plus = (call: LayerCall, one: string, other: string): string => call.op('Add', [one, other]);

const shapes: Readonly<Record<string, Shape>> = {
  relu: op('Relu'),
  tanh: op('Tanh'),
  sigmoid: op('Sigmoid'),
  softplus: op('Softplus'),
  softsign: op('Softsign'),
  exponential: op('Exp'),
  sqrt: op('Sqrt'),
  reciprocal: op('Reciprocal'),
  log: op('Log'),
  relu6: (call, x) => call.op('Clip', [x, call.graph.number(0), call.graph.number(6)]),
  elu: op('Elu', float('alpha', 1)),
  selu: op('Selu', float('alpha', 1.6732632423543772), float('gamma', 1.0507009873554805)),
  // Keras 2's and TensorFlow.js's: max(0, min(1, 0.2 x + 0.5)).
  hard_sigmoid: op('HardSigmoid', float('alpha', 0.2), float('beta', 0.5)),
  // Keras 3's: relu6(x + 3) / 6.
  hard_sigmoid_v3: op('HardSigmoid', float('alpha', 1 / 6), float('beta', 0.5)),
  celu: op('Celu', float('alpha', 1)),
  log_sigmoid: (call, x) => call.op('Neg', [call.op('Softplus', [call.op('Neg', [x])])]),
  hard_tanh: (call, x) => call.op('Clip', [x, call.graph.number(-1), call.graph.number(1)]),
  squareplus: (call, x) =>
    times(call, plus(call, x, call.op('Sqrt', [plus(call, times(call, x, x), call.graph.number(4))])), call.graph.number(0.5)),
  tanh_shrink: (call, x) => call.op('Sub', [x, call.op('Tanh', [x])]),
  hard_shrink: op('Shrink', float('lambd', 0.5), float('bias', 0)),
  soft_shrink: op('Shrink', float('lambd', 0.5), float('bias', 0.5)),
  hard_swish: op('HardSwish'),
  hard_silu: op('HardSwish'),
  leaky_relu: op('LeakyRelu', float('alpha', 0.2)),
  swish: (call, x) => times(call, x, call.op('Sigmoid', [x])),
  silu: (call, x) => times(call, x, call.op('Sigmoid', [x])),
  mish: (call, x) => times(call, x, call.op('Tanh', [call.op('Softplus', [x])])),
  // x Φ(x), by the error function (Hendrycks & Gimpel 2016).
  gelu: (call, x) =>
    times(
      call,
      times(call, x, call.graph.number(0.5)),
      plus(call, call.op('Erf', [times(call, x, call.graph.number(Math.SQRT1_2))]), call.graph.number(1)),
    ),
  // Its approximation by tanh: √(2/π) (x + 0.044715 x³).
  gelu_new: (call, x) => {
    const cubic = times(call, times(call, times(call, x, x), x), call.graph.number(0.044715));
    const inner = times(call, plus(call, x, cubic), call.graph.number(Math.sqrt(2 / Math.PI)));
    return times(call, times(call, x, call.graph.number(0.5)), plus(call, call.op('Tanh', [inner]), call.graph.number(1)));
  },
};

/** The value after the activation, or the value itself for `linear`. */
export function activated(call: LayerCall, value: Value, name: string): Value {
  if (name === 'linear') return value;
  if (name === 'softmax') return softmaxOver(call, value, -1, 'Softmax');
  if (name === 'log_softmax') return softmaxOver(call, value, -1, 'LogSoftmax');
  const shape = Object.hasOwn(shapes, name) ? shapes[name] : undefined;
  if (shape === undefined) throw call.refusal(`its activation ${name} is not known`);
  return call.graph.like(value, shape(call, value.name));
}

function softmaxOver(call: LayerCall, given: Value, axis: number, type: string): Value {
  const value = given.flattened === undefined ? given : call.graph.plain(given);
  const rank = value.shape.length;
  return call.graph.like(value, call.op(type, [value.name], [int('axis', value.order.indexOf((axis + rank) % rank))]));
}

export const activation: LayerWriter = (call) => activated(call, call.input, activationOf(call.config));

/** Max(0, x), with a slope below, a threshold or a maximum. */
export const relu: LayerWriter = (call) => {
  const slope = settingOf(call, 'negative_slope', 0);
  const threshold = settingOf(call, 'threshold', 0);
  const maximum = call.config['max_value'] ?? null;
  const { name } = call.input;
  if ([threshold !== 0, slope !== 0, maximum !== null].filter(Boolean).length > 1) return everything(call, { slope, threshold, maximum });
  if (threshold !== 0) return call.graph.like(call.input, call.op('ThresholdedRelu', [name], [float('alpha', threshold)]));
  if (slope !== 0) return call.graph.like(call.input, call.op('LeakyRelu', [name], [float('alpha', slope)]));
  if (typeof maximum !== 'number') return call.graph.like(call.input, call.op('Relu', [name]));
  return call.graph.like(call.input, call.op('Clip', [name, call.graph.number(0), call.graph.number(maximum)]));
};

/** min(x, maximum) from the threshold on, slope · (x − threshold) below it. */
function everything(call: LayerCall, { slope, threshold, maximum }: { slope: number; threshold: number; maximum: Json }): Value {
  const number = (value: number): string => call.graph.number(value);
  const { name } = call.input;
  const below = times(call, call.op('Sub', [name, number(threshold)]), number(slope));
  const above = typeof maximum === 'number' ? call.op('Min', [name, number(maximum)]) : name;
  return call.graph.like(call.input, call.op('Where', [call.op('Less', [name, number(threshold)]), below, above]));
}

export const leakyRelu: LayerWriter = (call) => {
  const alpha = settingOf(call, 'negative_slope', settingOf(call, 'alpha', 0.3));
  return call.graph.like(call.input, call.op('LeakyRelu', [call.input.name], [float('alpha', alpha)]));
};

export const elu: LayerWriter = (call) =>
  call.graph.like(call.input, call.op('Elu', [call.input.name], [float('alpha', settingOf(call, 'alpha', 1))]));

export const thresholdedRelu: LayerWriter = (call) =>
  call.graph.like(call.input, call.op('ThresholdedRelu', [call.input.name], [float('alpha', settingOf(call, 'theta', 1))]));

export const softmax: LayerWriter = (call) => {
  const axis = call.config['axis'] ?? -1;
  const only = isList(axis) && axis.length === 1 ? axis[0] : axis;
  if (typeof only !== 'number') throw call.refusal('it runs over several axes');
  return softmaxOver(call, call.input, only, 'Softmax');
};

/** A slope below zero for each entry, or shared along axes; stored as its input is. */
export const prelu: LayerWriter = (call) => {
  const value = call.input.flattened === undefined ? call.input : call.graph.plain(call.input);
  const { name, shape, data } = call.weight('alpha');
  const order = value.order.slice(1).map((axis) => axis - 1);
  const slope = call.graph.floats(
    `${name}|${order.join()}`,
    order.map((axis) => shape[axis]!),
    () => permuted(data, shape, order),
  );
  return call.graph.like(value, call.op('PRelu', [value.name, slope]));
};

function settingOf(call: LayerCall, key: string, otherwise: number): number {
  const value = call.config[key] ?? otherwise;
  const only = isList(value) && value.length === 1 ? value[0]! : value;
  return numberOf({ ...call.config, [key]: only }, key);
}
