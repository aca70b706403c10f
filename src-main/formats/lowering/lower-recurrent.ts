// Recurrent layers, unrolled over their steps: matrix products, gates and sums that every runtime has.
import { activationOf, countOf, flagOf, textOf } from '#network/config-values.ts';
import type { JsonObject } from '#network/model-artifact.ts';
import { wrapped } from '#network/layers/wrapping.ts';
import { activationNamed } from './lower-activations.ts';
import { inputOf, refuse, type LayerCall, type PlainBuilder } from './plain-builder.ts';
import type { Merge } from './plain-network.ts';

/** Longer sequences would make a network of more operations than a runtime for small devices takes. */
const mostSteps = 256;

/** What a cell does in one step: from the gates' part of the input to the next state, and what it keeps besides. */
type Cell = (tools: CellTools, gates: string, state: string, kept: string | undefined, step: string) => { state: string; kept?: string };

interface CellTools {
  readonly units: number;
  /** Matrix product of a state with columns `from` to `to` of the recurrent kernel; GRUs that reset after it have a bias there. */
  product(state: string, output: string, from?: number, to?: number): string;
  part(tensor: string, gate: number, output: string, count?: number): string;
  merge(mode: Merge['mode'], one: string, other: string, output: string): string;
  gate(input: string, output: string): string;
  inner(input: string, output: string): string;
  /** 1 − x. */
  rest(input: string, output: string): string;
}

const cells: Readonly<Record<string, { readonly gates: number; readonly cell: (config: JsonObject) => Cell }>> = {
  SimpleRNN: {
    gates: 1,
    cell: () => (tools, gates, state, _kept, step) => ({
      state: tools.inner(tools.merge('add', gates, tools.product(state, `${step}/product`), `${step}/sum`), `${step}/state`),
    }),
  },
  /** Gates i, f, c, o: c′ = f ∘ c + i ∘ tanh(c̃), h = o ∘ tanh(c′) (Hochreiter and Schmidhuber 1997, Gers et al. 2000). */
  LSTM: {
    gates: 4,
    cell: () => (tools, gates, state, kept, step) => {
      const sums = tools.merge('add', gates, tools.product(state, `${step}/product`), `${step}/sums`);
      const gate = (index: number, name: string): string => tools.gate(tools.part(sums, index, `${step}/${name} sum`), `${step}/${name}`);
      const candidate = tools.inner(tools.part(sums, 2, `${step}/candidate sum`), `${step}/candidate`);
      const fresh = tools.merge('multiply', gate(0, 'input'), candidate, `${step}/fresh`);
      const held = tools.merge('multiply', gate(1, 'forget'), kept ?? state, `${step}/held`);
      const cell = tools.merge('add', held, fresh, `${step}/cell`);
      return { state: tools.merge('multiply', gate(3, 'output'), tools.inner(cell, `${step}/shown`), `${step}/state`), kept: cell };
    },
  },
  /** Gates z, r, h: h′ = z ∘ h + (1 − z) ∘ h̃ (Cho et al. 2014), the reset before or after the product with the state. */
  GRU: {
    gates: 3,
    cell: (config) => (tools, gates, state, _kept, step) => {
      const { units } = tools;
      const after = flagOf(config, 'reset_after', false);
      const product = tools.product(state, `${step}/product`, 0, after ? 3 * units : 2 * units);
      const gate = (index: number, name: string): string => {
        const [own, its] = [tools.part(gates, index, `${step}/${name} input`), tools.part(product, index, `${step}/${name} product`)];
        return tools.gate(tools.merge('add', own, its, `${step}/${name} sum`), `${step}/${name}`);
      };
      const [update, reset] = [gate(0, 'update'), gate(1, 'reset')];
      const its = after
        ? tools.merge('multiply', reset, tools.part(product, 2, `${step}/candidate product`), `${step}/candidate after reset`)
        : tools.product(
            tools.merge('multiply', reset, state, `${step}/reset state`),
            `${step}/candidate after reset`,
            2 * units,
            3 * units,
          );
      const sum = tools.merge('add', tools.part(gates, 2, `${step}/candidate input`), its, `${step}/candidate sum`);
      const fresh = tools.merge('multiply', tools.rest(update, `${step}/rest`), tools.inner(sum, `${step}/candidate`), `${step}/fresh`);
      return { state: tools.merge('add', tools.merge('multiply', update, state, `${step}/held`), fresh, `${step}/state`) };
    },
  },
};

export function lowerRecurrent(builder: PlainBuilder, call: LayerCall): void {
  const backwards = flagOf(call.config, 'go_backwards', false);
  const { states, last, cell } = unroll(builder, call, call.config, backwards, '', call.output);
  const more = flagOf(call.config, 'return_state', false) ? [last, ...(cell === undefined ? [] : [cell])] : [];
  finish(builder, call, call.config, states, call.output);
  more.forEach((state, index) => builder.reshape(call, state, builder.shape(state), `${call.output}:${index + 1}`));
}

/** Forwards and backwards, the backward one's steps put where they belong; then joined as the layer says. */
export function lowerBidirectional(builder: PlainBuilder, call: LayerCall): void {
  const { type, config } = wrapped(call.config);
  const join = textOf(call.config, 'merge_mode', 'concat');
  const mode = ({ sum: 'add', mul: 'multiply', ave: 'add' } as const)[join];
  if (!(type in cells) || (mode === undefined && join !== 'concat'))
    throw refuse(call, 'it gives both directions apart, or is around something else than a recurrent layer');
  const sequences = flagOf(config, 'return_sequences', false);
  const directions = ([false, true] as const).map((second) => {
    const own = { ...call, type };
    const backwards = second !== flagOf(config, 'go_backwards', false);
    const around = second ? 'backward_rnn' : 'forward_rnn';
    const output = `${call.output}/${around}`;
    const { states } = unroll(builder, own, config, backwards, `${around}/`, output);
    finish(builder, own, config, second && sequences ? states.toReversed() : states, output);
    return output;
  });
  const shape = call.outputShape;
  if (mode === undefined) {
    builder.add(call, call.output, shape, { kind: 'concatenate', inputs: directions, axis: shape.length - 1 });
    return;
  }
  const whole = join === 'ave' ? `${call.output}/sum` : call.output;
  builder.add(call, whole, shape, { kind: 'merge', mode, inputs: directions, fused: 'none' });
  if (join === 'ave') {
    const channels = shape.at(-1) ?? 1;
    const [scale, shift] = [new Float32Array(channels).fill(0.5), new Float32Array(channels)];
    builder.add(call, call.output, shape, { kind: 'affine', inputs: [whole], scale, shift });
  }
}

interface Unrolled {
  /** After each step, in the order in which they were gone through. */
  readonly states: readonly string[];
  readonly last: string;
  readonly cell: string | undefined;
}

function unroll(builder: PlainBuilder, call: LayerCall, config: JsonObject, backwards: boolean, around: string, output: string): Unrolled {
  const kind = cells[call.type];
  if (kind === undefined) throw refuse(call, `layers of the class ${call.type} have no counterpart there`);
  const [, givenState, givenCell] = call.inputs;
  if (givenState !== undefined && around !== '') throw refuse(call, 'the first states of its two directions come from another layer');
  if (flagOf(config, 'stateful', false)) throw refuse(call, 'it keeps its state from one sample to the next');
  const input = inputOf(call);
  const [steps = 0] = builder.shape(input);
  if (steps > mostSteps) throw refuse(call, `its sequences have ${steps} steps, and at most ${mostSteps} are unrolled`);
  const units = countOf(config, 'units');
  const width = kind.gates * units;
  const biases = call.hasWeight(`${around}bias`) ? call.weight(`${around}bias`) : new Float32Array(width);
  const all = builder.add(call, `${output}/gates`, [steps, width], {
    kind: 'dense',
    inputs: [input],
    kernel: call.weight(`${around}kernel`),
    bias: biases.slice(0, width),
    fused: 'none',
  });
  const tools = toolsFor(builder, call, config, units, width, call.weight(`${around}recurrent_kernel`), biases.slice(width));
  const gatesOf = (step: number): string => {
    const row = builder.add(call, `${output}/row ${step}`, [1, width], { kind: 'slice', inputs: [all], begin: [step, 0] });
    return builder.reshape(call, row, [width], `${output}/step ${step}/gates`);
  };
  const order = Array.from({ length: steps }, (_, step) => (backwards ? steps - 1 - step : step));
  const run = kind.cell(config);
  const zeros = { scale: new Float32Array(units), shift: new Float32Array(units) };
  const gates = order.map(gatesOf);
  const atRest = (): string => {
    const first = tools.part(gates[0]!, 0, `${output}/of the first step`);
    return builder.add(call, `${output}/at rest`, [units], { kind: 'affine', inputs: [first], ...zeros });
  };
  let state = givenState ?? atRest();
  let kept: string | undefined = givenCell;
  const states = order.map((step, at) => {
    const next = run(tools, gates[at]!, state, kept, `${output}/step ${step}`);
    ({ state, kept } = { state: next.state, kept: next.kept });
    return state;
  });
  return { states, last: state, cell: kept };
}

function finish(builder: PlainBuilder, call: LayerCall, config: JsonObject, states: readonly string[], output: string): void {
  const last = states.at(-1) ?? inputOf(call);
  const [units = 1] = builder.shape(last);
  if (!flagOf(config, 'return_sequences', false)) {
    builder.reshape(call, last, [units], output);
    return;
  }
  const rows = states.map((state) => builder.reshape(call, state, [1, units], `${state}/as row of ${output}`));
  builder.add(call, output, [states.length, units], { kind: 'concatenate', inputs: rows, axis: 0 });
}

function toolsFor(
  builder: PlainBuilder,
  call: LayerCall,
  config: JsonObject,
  units: number,
  width: number,
  kernel: Float32Array,
  stateBias: Float32Array,
): CellTools {
  // One array for each part, so that all steps share it.
  const columns = new Map<string, { kernel: Float32Array; bias: Float32Array }>();
  const part = (from: number, to: number) => {
    const key = `${from} ${to}`;
    const known = columns.get(key) ?? {
      kernel: kernel.filter((_, at) => at % width >= from && at % width < to),
      bias: stateBias.length > 0 ? stateBias.slice(from, to) : new Float32Array(to - from),
    };
    columns.set(key, known);
    return known;
  };
  const negative = { scale: new Float32Array(units).fill(-1), shift: new Float32Array(units).fill(1) };
  const gate = activationOf({ recurrent_activation: 'hard_sigmoid', ...config }, 'recurrent_activation');
  const inner = activationOf({ activation: 'tanh', ...config });
  return {
    units,
    product: (state, output, from = 0, to = width) =>
      builder.add(call, output, [to - from], { kind: 'dense', inputs: [state], ...part(from, to), fused: 'none' }),
    part: (tensor, index, output, count = 1) =>
      builder.shape(tensor)[0] === units
        ? tensor
        : builder.add(call, output, [count * units], { kind: 'slice', inputs: [tensor], begin: [index * units] }),
    merge: (mode, one, other, output) =>
      builder.add(call, output, builder.shape(one), { kind: 'merge', mode, inputs: [one, other], fused: 'none' }),
    gate: (input, output) => activationNamed(builder, call, gate, input, output),
    inner: (input, output) => activationNamed(builder, call, inner, input, output),
    rest: (input, output) => builder.add(call, output, [units], { kind: 'affine', inputs: [input], ...negative }),
  };
}
