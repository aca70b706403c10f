// LSTM, GRU and RNN, in one direction or both, from ONNX's order of gates to Keras's.
import type { JsonObject } from '#network/model-artifact.ts';
import { batchSize, elements } from '../constant.ts';
import type { Flow, LayerWeight } from '../network-builder.ts';
import type { NodeCall, OpReader } from '../node-call.ts';
import { cut } from './padding-and-cutting.ts';

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
    const direction = call.text('direction', 'forward');
    const both = direction === 'bidirectional' ? 2 : 1;
    if (
      String(kernel.shape) !== String([both, gates.length * units, entries]) ||
      String(state.shape) !== String([both, gates.length * units, units])
    )
      throw call.damage("its weights don't fit its units");
    const backwards = direction === 'reverse';
    if (backwards && call.isUsed(0)) throw call.refusal('it goes backwards and gives every step, which Keras gives in the other order');
    const resetAfter = kind === 'GRU' && call.int('linear_before_reset', 0) !== 0;
    if (call.has(4) || call.has(7) || call.float('clip', 0) !== 0 || call.int('input_forget', 0) !== 0)
      throw call.refusal('it has sequence lengths, peepholes or a clip');
    for (const index of [5, 6])
      if (call.has(index) && call.weights(index).data.some((value) => value !== 0)) throw call.refusal('its first state is not zero');
    const used = (call.texts('activations') ?? defaults[kind]).slice(0, defaults[kind].length);
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
      ...(kind === 'GRU' ? { reset_after: resetAfter } : {}),
    };
    const weights = (at: number): Readonly<Record<string, LayerWeight>> => ({
      kernel: { shape: [entries, gates.length * units], data: columns(part(kernel.data, at, both), gates, units, entries) },
      recurrent_kernel: { shape: [units, gates.length * units], data: columns(part(state.data, at, both), gates, units, units) },
      bias: bias(call, gates, units, resetAfter, at, both),
    });
    const [all, last] = [call.isUsed(0), call.isUsed(1)];
    if (call.isUsed(2)) throw call.refusal("its cells' last state is used");
    const add = (sequences: boolean, at = 0): Flow =>
      call.layer(
        className,
        { ...config, return_sequences: sequences, go_backwards: backwards || at === 1 },
        [input],
        sequences ? [flow.shape[0]!, 1, batchSize, units] : [1, batchSize, units],
        sequences ? [2, 0, 3] : [1, 2],
        weights(at),
      );
    if (both === 2) {
      const layer = { class_name: className, config: { ...config, name: 'rnn', return_sequences: true } };
      if (!all && last) return [input, sideBySide(call, [add(false, 0), add(false, 1)])];
      const sequence = bidirectional(call, input, layer, weights);
      return last ? [sequence, sideBySide(call, [lastStep(call, sequence, 0), lastStep(call, sequence, 1)])] : [sequence];
    }
    if (!all) return [input, add(false)];
    // The last state is the last step: one layer for both, so that they stay the same when it is pruned.
    const sequence = add(true);
    return last ? [sequence, lastStep(call, sequence, 0)] : [sequence];
  };
}

/** What one direction of (steps, directions, N, units) ends with, as (1, N, units). */
function lastStep(call: NodeCall, sequence: Flow, direction: number): Flow {
  const [steps, directions, , units] = sequence.shape;
  const step = direction === 0 ? steps! - 1 : 0;
  const whole = call.builder.stored(sequence, [2, 0, 1, 3]);
  const places = cut(call, cut(call, whole, 0, step, steps! - 1 - step), 1, direction, directions! - 1 - direction);
  return call.layer('Reshape', { target_shape: [units!] }, [places], [1, batchSize, units!], [1, 2]);
}

/** Several (1, N, units) as (directions, N, units). */
function sideBySide(call: NodeCall, states: readonly Flow[]): Flow {
  const units = states[0]!.shape[2]!;
  const apart = states.map((state) => call.builder.stored(state, [1, 0, 2]));
  return call.layer('Concatenate', { axis: 1 }, apart, [states.length, batchSize, units], [1, 0, 2]);
}

/** Both directions side by side, (N, steps, 2 · units), taken apart to ONNX's (steps, 2, N, units). */
function bidirectional(
  call: NodeCall,
  input: Flow,
  layer: { readonly class_name: string; readonly config: JsonObject },
  weights: (at: number) => Readonly<Record<string, LayerWeight>>,
): Flow {
  const [steps, units] = [input.shape[0]!, Number(layer.config['units'])];
  const named = (prefix: string, at: number) => Object.entries(weights(at)).map(([role, weight]) => [`${prefix}/${role}`, weight] as const);
  const joined = call.builder.add(
    'Bidirectional',
    call.name,
    { layer, merge_mode: 'concat' },
    [input],
    Object.fromEntries([...named('forward_rnn', 0), ...named('backward_rnn', 1)]),
  );
  const apart = call.builder.add('Reshape', `${call.name}_directions`, { target_shape: [steps, 2, units] }, [{ ...input, layer: joined }]);
  return { kind: 'flow', layer: apart, shape: [steps, 2, batchSize, units], order: [2, 0, 1, 3], nonNegative: false };
}

/** What belongs to one of the directions. */
function part(data: Float32Array, at: number, of: number): Float32Array {
  return data.subarray((at * data.length) / of, ((at + 1) * data.length) / of);
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

/** ONNX's two biases, for the input and for the state, only ever appear as their sum, but in a GRU that resets after its product. */
function bias(call: NodeCall, gates: readonly number[], units: number, apart: boolean, at: number, directions: number): LayerWeight {
  const length = gates.length * units;
  const result = new Float32Array(apart ? 2 * length : length);
  const shape = apart ? [2, length] : [length];
  if (!call.has(3)) return { shape, data: result };
  const given = call.weights(3);
  if (elements(given.shape) !== 2 * length * directions) throw call.damage('its biases do not fit its units');
  const data = part(given.data, at, directions);
  gates.forEach((from, gate) => {
    for (let unit = 0; unit < units; unit++) {
      const [one, other] = [data[from * units + unit]!, data[length + from * units + unit]!];
      const place = gate * units + unit;
      result[place] = apart ? one : one + other;
      if (apart) result[length + place] = other;
    }
  });
  return { shape, data: result };
}
