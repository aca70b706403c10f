// LSTM, GRU and RNN, one direction at a time, from ONNX's order of gates to Keras's.
import { batchSize, elements } from '../constant.ts';
import type { Flow, LayerWeight } from '../network-builder.ts';
import type { NodeCall, OpReader } from '../node-call.ts';

/** Where each of Keras's gates stands in ONNX: LSTM (i, f, c, o) in (i, o, f, c); GRU (z, r, h) in both. */
const kinds = {
  LSTM: { gates: [0, 2, 3, 1], className: 'LSTM' },
  GRU: { gates: [0, 1, 2], className: 'GRU' },
  RNN: { gates: [0], className: 'SimpleRNN' },
} as const;
const defaults = { LSTM: ['Sigmoid', 'Tanh', 'Tanh'], GRU: ['Sigmoid', 'Tanh'], RNN: ['Tanh'] } as const;
const activations: Readonly<Record<string, string>> = {
  Relu: 'relu',
  Tanh: 'tanh',
  Sigmoid: 'sigmoid',
  Softsign: 'softsign',
  Softplus: 'softplus',
  HardSigmoid: 'hard_sigmoid',
};

export function recurrent(kind: keyof typeof kinds): OpReader {
  return (call) => {
    const { gates, className } = kinds[kind];
    const flow = call.flow(0);
    const units = call.int('hidden_size', 0);
    const [kernel, state] = [call.weights(1), call.weights(2)];
    if (flow.shape.length !== 3 || units < 1 || call.int('layout', 0) !== 0)
      throw call.refusal('its layout is not (steps, batch, entries)');
    const entries = flow.shape[2]!;
    if (
      String(kernel.shape) !== String([1, gates.length * units, entries]) ||
      String(state.shape) !== String([1, gates.length * units, units])
    )
      throw call.refusal("it goes both ways, or its weights don't fit");
    const backwards = call.text('direction', 'forward') === 'reverse';
    if (backwards && call.isUsed(0)) throw call.refusal('it goes backwards and gives every step, which Keras gives in the other order');
    if (kind === 'GRU' && call.int('linear_before_reset', 0) !== 0)
      throw call.refusal(
        "it resets after the matrix product (as PyTorch's GRU does), which TensorFlow.js does not compute",
        'Use an LSTM.',
      );
    if (call.has(4) || call.has(7) || call.float('clip', 0) !== 0 || call.int('input_forget', 0) !== 0)
      throw call.refusal('it has sequence lengths, peepholes or a clip');
    for (const index of [5, 6])
      if (call.has(index) && call.weights(index).data.some((value) => value !== 0)) throw call.refusal('its first state is not zero');
    const used = call.texts('activations') ?? defaults[kind];
    const names = used.map((name) => activations[name]);
    const plainSettings =
      (call.floats('activation_alpha') ?? []).every((alpha) => Math.abs(alpha - 0.2) < 1e-6) &&
      (call.floats('activation_beta') ?? []).every((beta) => beta === 0.5);
    if (!plainSettings || names.some((name) => name === undefined) || (kind === 'LSTM' && names[1] !== names[2]))
      throw call.refusal('it has activations that Keras does not have there');
    const input = call.builder.stored(flow, [1, 0, 2]);
    const config = {
      units,
      activation: names.at(-1)!,
      ...(kind === 'RNN' ? {} : { recurrent_activation: names[0]! }),
      use_bias: true,
      unit_forget_bias: false,
      return_state: false,
      go_backwards: backwards,
      ...(kind === 'GRU' ? { reset_after: false } : {}),
    };
    const weights = {
      kernel: { shape: [entries, gates.length * units], data: columns(kernel.data, gates, units, entries) },
      recurrent_kernel: { shape: [units, gates.length * units], data: columns(state.data, gates, units, units) },
      bias: bias(call, gates, units),
    };
    const [all, last] = [call.isUsed(0), call.isUsed(1)];
    if (call.isUsed(2)) throw call.refusal("its cells' last state is used");
    const add = (sequences: boolean): string =>
      call.builder.add(className, call.name, { ...config, return_sequences: sequences }, [input], weights);
    const sequence: Flow = {
      kind: 'flow',
      layer: all ? add(true) : '',
      shape: [flow.shape[0]!, 1, batchSize, units],
      order: [2, 0, 3],
      nonNegative: false,
    };
    const final: Flow = { kind: 'flow', layer: last ? add(false) : '', shape: [1, batchSize, units], order: [1, 2], nonNegative: false };
    return [sequence, final];
  };
}

/** (1, gates · units, rows) as (rows, gates · units), the gates in Keras's order. */
function columns(data: Float32Array, gates: readonly number[], units: number, rows: number): Float32Array {
  const result = new Float32Array(data.length);
  gates.forEach((from, gate) => {
    for (let unit = 0; unit < units; unit++) {
      for (let row = 0; row < rows; row++)
        result[row * gates.length * units + gate * units + unit] = data[(from * units + unit) * rows + row]!;
    }
  });
  return result;
}

/** ONNX's two biases, for the input and for the state, only ever appear as their sum. */
function bias(call: NodeCall, gates: readonly number[], units: number): LayerWeight {
  const length = gates.length * units;
  const result = new Float32Array(length);
  if (!call.has(3)) return { shape: [length], data: result };
  const { shape, data } = call.weights(3);
  if (elements(shape) !== 2 * length) throw call.damage('its biases do not fit its units');
  gates.forEach((from, gate) => {
    for (let unit = 0; unit < units; unit++) result[gate * units + unit] = data[from * units + unit]! + data[length + from * units + unit]!;
  });
  return { shape: [length], data: result };
}
