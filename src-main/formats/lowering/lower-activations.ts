// Activations, as layers and as the last step of other layers.
import { activationOf, isList } from '#network/config-values.ts';
import type { Json } from '#network/model-artifact.ts';
import { alongLast, inputOf, refuse, sampleAxes, type LayerCall, type PlainBuilder } from './plain-builder.ts';
import type { ActivationFunction } from './plain-network.ts';

/** Keras's names. Its `elu` has α = 1, its `leaky_relu` a slope of 0.2. */
const byName: ReadonlyMap<string, readonly [ActivationFunction, number]> = new Map([
  ['relu', ['relu', 0]],
  ['relu6', ['relu6', 0]],
  ['tanh', ['tanh', 0]],
  ['sigmoid', ['sigmoid', 0]],
  ['elu', ['elu', 1]],
  ['selu', ['selu', 0]],
  ['softplus', ['softplus', 0]],
  ['softsign', ['softsign', 0]],
  ['swish', ['swish', 0]],
  ['silu', ['swish', 0]],
  ['hard_swish', ['hard-swish', 0]],
  ['hard_silu', ['hard-swish', 0]],
  ['hard_sigmoid', ['hard-sigmoid', 0.2]],
  ['hard_sigmoid_v3', ['hard-sigmoid', 1 / 6]],
  ['celu', ['elu', 1]],
  ['exponential', ['exponential', 0]],
  ['gelu', ['gelu', 0]],
  ['mish', ['mish', 0]],
  ['sqrt', ['square-root', 0]],
  ['reciprocal', ['reciprocal', 0]],
  ['log', ['logarithm', 0]],
  ['leaky_relu', ['leaky-relu', 0.2]],
]);

interface Composing {
  readonly builder: PlainBuilder;
  readonly call: LayerCall;
  readonly input: string;
  readonly output: string;
}

/** x · scale + shift, then an activation or nothing. */
function changed({ builder, call }: Composing, input: string, scale: number, shift: number, output: string): string {
  const shape = builder.shape(input);
  const channels = shape.at(-1) ?? 1;
  const evenly = { scale: new Float32Array(channels).fill(scale), shift: new Float32Array(channels).fill(shift) };
  return builder.add(call, output, shape, { kind: 'affine', inputs: [input], ...evenly });
}

function applied({ builder, call }: Composing, which: ActivationFunction, parameter: number, input: string, output: string): string {
  return builder.add(call, output, builder.shape(input), { kind: 'activation', inputs: [input], function: which, parameter });
}

/** Those that are others, shifted and turned. */
const composed: ReadonlyMap<string, (given: Composing) => string> = new Map([
  // log σ(x) = −softplus(−x)
  [
    'log_sigmoid',
    (given: Composing) => {
      const negative = changed(given, given.input, -1, 0, `${given.output}/negative`);
      return changed(given, applied(given, 'softplus', 0, negative, `${given.output}/softplus`), -1, 0, given.output);
    },
  ],
  // min(max(x, −1), 1) = min(relu(x + 1), 2) − 1
  [
    'hard_tanh',
    (given: Composing) => {
      const raised = changed(given, given.input, 1, 1, `${given.output}/raised`);
      return changed(given, applied(given, 'relu-max', 2, raised, `${given.output}/between`), 1, -1, given.output);
    },
  ],
  [
    'tanh_shrink',
    (given: Composing) => {
      const tanh = applied(given, 'tanh', 0, given.input, `${given.output}/tanh`);
      const shape = given.builder.shape(tanh);
      return given.builder.add(given.call, given.output, shape, {
        kind: 'merge',
        mode: 'subtract',
        inputs: [given.input, tanh],
        fused: 'none',
      });
    },
  ],
  // relu(x − ½) − relu(−x − ½)
  [
    'soft_shrink',
    (given: Composing) => {
      const side = (sign: number, name: string): string =>
        applied(given, 'relu', 0, changed(given, given.input, sign, -0.5, `${given.output}/${name}`), `${given.output}/${name} rectified`);
      const inputs = [side(1, 'above'), side(-1, 'below')];
      const shape = given.builder.shape(given.input);
      return given.builder.add(given.call, given.output, shape, { kind: 'merge', mode: 'subtract', inputs, fused: 'none' });
    },
  ],
]);

/** Puts the activation that the layer's configuration names behind `input`; `linear` needs no operation and must be `input` already. */
export function activate(builder: PlainBuilder, call: LayerCall, input: string): void {
  const name = activationOf(call.config);
  if (name !== 'linear' || input !== call.output) activationNamed(builder, call, name, input, call.output);
}

/** The activation of that name, from `input` to a tensor named `output`. */
export function activationNamed(builder: PlainBuilder, call: LayerCall, name: string, input: string, output: string): string {
  const shape = builder.shape(input);
  if (name === 'linear') return builder.reshape(call, input, shape, output);
  if (name === 'softmax' || name === 'log_softmax')
    return builder.add(call, output, shape, { kind: 'softmax', inputs: [input], logarithm: name === 'log_softmax' });
  const known = byName.get(name);
  if (known === undefined && composed.has(name)) return composed.get(name)!({ builder, call, input, output });
  if (known === undefined) throw refuse(call, `its activation ${name} has no counterpart there`);
  return builder.add(call, output, shape, { kind: 'activation', inputs: [input], function: known[0], parameter: known[1] });
}

export function lowerActivation(builder: PlainBuilder, call: LayerCall): void {
  activate(builder, call, inputOf(call));
}

export function lowerRectifier(builder: PlainBuilder, call: LayerCall): void {
  const [slope, threshold, most] = [number(call.config.negative_slope, 0), number(call.config.threshold, 0), call.config.max_value ?? null];
  if (threshold !== 0) throw refuse(call, 'its threshold is not 0');
  if (slope !== 0 && most !== null) {
    // min(leaky(x), m) = m − relu(m − leaky(x))
    const given = { builder, call, input: inputOf(call), output: call.output };
    const leaky = applied(given, 'leaky-relu', slope, given.input, `${call.output}/leaky`);
    const below = changed(given, leaky, -1, number(most, 6), `${call.output}/below the maximum`);
    changed(given, applied(given, 'relu', 0, below, `${call.output}/rectified`), -1, number(most, 6), call.output);
    return;
  }
  if (slope !== 0) return one(builder, call, 'leaky-relu', slope);
  if (most === null) return one(builder, call, 'relu', 0);
  return number(most, 6) === 6 ? one(builder, call, 'relu6', 0) : one(builder, call, 'relu-max', number(most, 6));
}

export function lowerLeakyRectifier(builder: PlainBuilder, call: LayerCall): void {
  one(builder, call, 'leaky-relu', number(call.config.alpha ?? call.config.negative_slope, 0.3));
}

export function lowerElu(builder: PlainBuilder, call: LayerCall): void {
  one(builder, call, 'elu', number(call.config.alpha, 1));
}

export function lowerParametricRectifier(builder: PlainBuilder, call: LayerCall): void {
  const input = inputOf(call);
  builder.add(call, call.output, builder.shape(input), {
    kind: 'prelu',
    inputs: [input],
    alpha: call.weight('alpha'),
    alphaShape: call.weightShape('alpha'),
  });
}

export function lowerSoftmax(builder: PlainBuilder, call: LayerCall): void {
  const axes = sampleAxes(call, call.config.axis, builder.shape(inputOf(call)).length);
  if (axes.length > 1) throw refuse(call, 'its softmax runs over several axes at once');
  alongLast(builder, call, axes, (input, output) => {
    builder.add(call, output, builder.shape(input), { kind: 'softmax', inputs: [input], logarithm: false });
  });
}

function one(builder: PlainBuilder, call: LayerCall, which: ActivationFunction, parameter: number): void {
  const input = inputOf(call);
  builder.add(call, call.output, builder.shape(input), { kind: 'activation', inputs: [input], function: which, parameter });
}

/** tfjs-layers and Keras write settings as numbers or as lists of one. */
function number(value: Json | undefined, otherwise: number): number {
  if (typeof value === 'number') return value;
  return isList(value) && typeof value[0] === 'number' ? value[0] : otherwise;
}
