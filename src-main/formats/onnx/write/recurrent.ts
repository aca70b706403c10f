// SimpleRNN, GRU and LSTM as ONNX's RNN, GRU and LSTM, whose gates stand in another order and whose sequences begin with time.
import { activationOf, countOf, flagOf, type TensorShape } from '#network/config-values.ts';
import { floats, int, text, texts, type Attribute } from './attributes.ts';
import type { Value } from './graph-writer.ts';
import type { LayerCall, LayerWriter } from './layer-call.ts';

/** Where each of ONNX's gates stands among Keras's: LSTM (i, o, f, c) in (i, f, c, o); GRU (z, r, h) in both. */
const gatesOf = { RNN: [0], GRU: [0, 1, 2], LSTM: [0, 3, 1, 2] } as const;

const activations: Readonly<Record<string, readonly [string, number?, number?]>> = {
  relu: ['Relu'],
  tanh: ['Tanh'],
  sigmoid: ['Sigmoid'],
  softsign: ['Softsign'],
  softplus: ['Softplus'],
  hard_sigmoid: ['HardSigmoid', 0.2, 0.5],
  hard_sigmoid_v3: ['HardSigmoid', 1 / 6, 0.5],
  elu: ['Elu', 1],
  linear: ['Affine', 1, 0],
};

/** @param inPlace whether a backward layer's steps come out where they were rather than in the order in which it went. */
export function recurrent(type: keyof typeof gatesOf, inPlace = false): LayerWriter {
  return (call) => {
    const units = countOf(call.config, 'units');
    const backwards = flagOf(call.config, 'go_backwards', false);
    if (flagOf(call.config, 'stateful', false)) throw call.refusal('it keeps its state from one batch to the next');
    const attributes = [
      int('hidden_size', units),
      ...activationAttributes(call, type),
      ...(backwards ? [text('direction', 'reverse')] : []),
    ];
    const resetAfter = type === 'GRU' && flagOf(call.config, 'reset_after', false);
    if (resetAfter) attributes.push(int('linear_before_reset', 1));
    const sequence = call.graph.stored(call.input, [1, 0, 2]);
    const inputs = [sequence.name, gates(call, type, 'kernel', units), gates(call, type, 'recurrent_kernel', units)];
    const [, ...first] = call.inputs;
    if (flagOf(call.config, 'use_bias', true)) inputs.push(biases(call, type, units));
    else if (first.length > 0) inputs.push('');
    // No lengths of sequences, then the first states as (1, N, units).
    if (first.length > 0)
      inputs.push('', ...first.map((state) => call.op('Unsqueeze', [call.graph.plain(state).name, call.graph.integers('axes', [0])])));
    const states = type === 'LSTM' ? ['h', 'c'] : ['h'];
    const names = ['y', ...states].map((state) => call.graph.unique(`${call.id}_${state}`));
    call.graph.opWithOutputs(type, call.id, inputs, attributes, names);
    return outputs(call, names, backwards && !inPlace, units);
  };
}

/** Y is (time, 1, N, units); each state (1, N, units). */
function outputs(call: LayerCall, [all, ...states]: readonly string[], backwards: boolean, units: number): readonly Value[] {
  const shape: TensorShape = [call.shape[0] ?? null, units];
  const state = (name: string): Value => ({ name: call.op('Squeeze', [name, call.graph.integers('axes', [0])]), shape, order: [0, 1] });
  const more = flagOf(call.config, 'return_state', false) ? states.map(state) : [];
  if (!flagOf(call.config, 'return_sequences', false)) return [more[0] ?? state(states[0]!), ...more];
  const squeezed = call.op('Squeeze', [all!, call.graph.integers('axes', [1])]);
  // Keras gives a reversed sequence in the order in which it went; ONNX puts each step back in its place.
  const reversed = [[-1], [-(2 ** 31)], [0], [-1]].map((values, at) =>
    call.graph.integers(['starts', 'ends', 'axes', 'steps'][at]!, values),
  );
  return [{ name: backwards ? call.op('Slice', [squeezed, ...reversed]) : squeezed, shape: call.shape, order: [1, 0, 2] }, ...more];
}

function activationAttributes(call: LayerCall, type: keyof typeof gatesOf): Attribute[] {
  const inner = activationOf({ activation: 'tanh', ...call.config });
  const gate = activationOf({ recurrent_activation: 'hard_sigmoid', ...call.config }, 'recurrent_activation');
  const used = (type === 'RNN' ? [inner] : type === 'GRU' ? [gate, inner] : [gate, inner, inner]).map((name) => {
    const found = Object.hasOwn(activations, name) ? activations[name] : undefined;
    if (found === undefined) throw call.refusal(`ONNX has no ${name} in recurrent layers`);
    return found;
  });
  const alphas = used.flatMap(([, alpha]) => (alpha === undefined ? [] : [alpha]));
  const betas = used.flatMap(([, , beta]) => (beta === undefined ? [] : [beta]));
  return [
    texts(
      'activations',
      used.map(([name]) => name),
    ),
    ...(alphas.length > 0 ? [floats('activation_alpha', alphas)] : []),
    ...(betas.length > 0 ? [floats('activation_beta', betas)] : []),
  ];
}

/** (rows, gates · units) as (1, gates · units, rows), the gates in ONNX's order. */
function gates(call: LayerCall, type: keyof typeof gatesOf, role: string, units: number): string {
  const { name, shape, data } = call.weight(role);
  const rows = shape[0] ?? 0;
  const order = gatesOf[type];
  return call.graph.floats(`${name}|gates`, [1, order.length * units, rows], () => {
    const result = new Float32Array(data.length);
    order.forEach((from, gate) => {
      for (let unit = 0; unit < units; unit++) {
        for (let row = 0; row < rows; row++)
          result[(gate * units + unit) * rows + row] = data[row * order.length * units + from * units + unit]!;
      }
    });
    return result;
  });
}

/** Keras has one bias (two in a GRU that resets after the product), ONNX always two: for the input and for the state. */
function biases(call: LayerCall, type: keyof typeof gatesOf, units: number): string {
  const { name, shape, data } = call.weight('bias');
  const order = gatesOf[type];
  const length = order.length * units;
  return call.graph.floats(`${name}|gates`, [1, 2 * length], () => {
    const result = new Float32Array(2 * length);
    for (let part = 0; part < (shape.length === 2 ? 2 : 1); part++) {
      order.forEach((from, gate) =>
        result.set(data.subarray(part * length + from * units, part * length + (from + 1) * units), part * length + gate * units),
      );
    }
    return result;
  });
}
