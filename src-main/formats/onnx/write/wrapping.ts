// Layers around a layer: a recurrent one in both directions, one at every step by itself.
import { flagOf, textOf, type TensorShape } from '#network/config-values.ts';
import { wrapped } from '#network/layers/wrapping.ts';
import { layerKind } from '#network/layers/layer-table.ts';
import { plainOrder } from '../axis-order.ts';
import { int } from './attributes.ts';
import type { Value } from './graph-writer.ts';
import type { LayerWriter } from './layer-call.ts';
import { recurrent } from './recurrent.ts';

const recurrentOps = { SimpleRNN: 'RNN', GRU: 'GRU', LSTM: 'LSTM' } as const;
const joins: Readonly<Record<string, string>> = { concat: 'Concat', sum: 'Add', mul: 'Mul', ave: 'Mean' };

/** One op forwards and one backwards; the backward one's steps come out where they belong. */
export const bidirectional: LayerWriter = (call) => {
  const { type, config } = wrapped(call.config);
  const op = type in recurrentOps ? recurrentOps[type as keyof typeof recurrentOps] : undefined;
  const join = joins[textOf(call.config, 'merge_mode', 'concat')];
  if (op === undefined || join === undefined)
    throw call.refusal('it gives both directions apart, or is around something else than a recurrent layer');
  const one = (backwards: boolean): Value => {
    const around = backwards ? 'backward_rnn/' : 'forward_rnn/';
    const turned = backwards ? flagOf(config, 'go_backwards', false) === false : flagOf(config, 'go_backwards', false);
    const shape = layerKind(type)?.outputShape(config, [call.input.shape]) ?? [];
    const made = recurrent(op, backwards)(call.inner(type, { ...config, go_backwards: turned }, call.inputs, shape, around));
    return call.graph.plain('name' in made ? made : made[0]!);
  };
  const [forward, backward] = [one(false), one(true)];
  const attributes = join === 'Concat' ? [int('axis', forward.shape.length - 1)] : [];
  return { name: call.op(join, [forward.name, backward.name], attributes), shape: call.shape, order: plainOrder(call.shape.length) };
};

/** Steps become samples, (N, T, …) as (N · T, …), and samples steps again. */
export function timeDistributed(writerOf: (className: string) => LayerWriter | undefined): LayerWriter {
  return (call) => {
    const { type, config } = wrapped(call.config);
    const writer = writerOf(type);
    if (writer === undefined) throw call.refusal(`ONNX export doesn't know layers of the class ${type}`);
    const each = (shape: TensorShape): TensorShape => [null, ...shape.slice(2)];
    const reshaped = (value: Value, sizes: TensorShape): string =>
      call.op('Reshape', [
        value.name,
        call.graph.integers(
          'shape',
          sizes.map((size, axis) => (axis === 0 ? -1 : (size ?? 0))),
        ),
      ]);
    const input = call.graph.plain(call.input);
    const shape = each(input.shape);
    const step: Value = { name: reshaped(input, shape), shape, order: plainOrder(shape.length) };
    const made = writer(call.inner(type, config, [step], each(call.shape)));
    const result = call.graph.plain('name' in made ? made : made[0]!);
    return { name: reshaped(result, [null, ...call.shape.slice(1)]), shape: call.shape, order: plainOrder(call.shape.length) };
  };
}
