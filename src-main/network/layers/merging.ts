// Layers with several inputs: sums, products, maxima, concatenation, dot products.
import { isList, numberOf, type TensorShape } from '../config-values.ts';
import { onlyShape, type LayerKind } from './layer-kind.ts';

/** Entry by entry, channel c of the output from channel c of each input. */
export function elementwiseMerge(constant: (constants: readonly number[]) => number): LayerKind {
  return { outputShape: (_config, inputs) => broadcast(inputs), channels: { role: 'merge', constant } };
}

export const add = elementwiseMerge((all) => all.reduce((sum, one) => sum + one, 0));
export const subtract = elementwiseMerge((all) => all.slice(1).reduce((rest, one) => rest - one, all[0] ?? 0));
/** Zero times anything is zero, also where the other side is not one number. */
export const multiply = elementwiseMerge((all) => (all.includes(0) ? 0 : all.reduce((product, one) => product * one, 1)));
export const average = elementwiseMerge((all) => all.reduce((sum, one) => sum + one, 0) / all.length);
export const maximum = elementwiseMerge((all) => Math.max(...all));
export const minimum = elementwiseMerge((all) => Math.min(...all));

export const concatenate: LayerKind = {
  outputShape(config, inputs) {
    const shape = onlyShape(inputs);
    const axis = (numberOf(config, 'axis', -1) + shape.length) % shape.length;
    const lengths = inputs.map((input) => input[axis] ?? null);
    const joined = lengths.includes(null) ? null : lengths.reduce<number>((sum, length) => sum + (length ?? 0), 0);
    return shape.map((size, at) => (at === axis ? joined : size));
  },
  channels: { role: 'concatenate' },
};

export const dot: LayerKind = {
  outputShape(config, inputs) {
    const [left, right] = [inputs[0] ?? [], inputs[1] ?? []];
    const axes = config['axes'];
    const [leftAxis, rightAxis] = isList(axes) ? axes : [axes, axes];
    const without = (shape: TensorShape, axis: unknown): TensorShape =>
      typeof axis === 'number' ? shape.filter((_, at) => at !== 0 && at !== (axis + shape.length) % shape.length) : shape.slice(1);
    const rest = [...without(left, leftAxis), ...without(right, rightAxis)];
    return [left[0] ?? null, ...(rest.length === 0 ? [1] : rest)];
  },
  channels: { role: 'stop', why: 'its channels are summed up by a dot product' },
};

/** The larger size of each axis, as 1 stretches; shorter shapes are stretched in the middle as Keras does, after the batch. */
function broadcast(inputs: readonly TensorShape[]): TensorShape {
  const rank = Math.max(...inputs.map((shape) => shape.length));
  const full = inputs.map((shape) => [shape[0] ?? null, ...Array.from({ length: rank - shape.length }, () => 1), ...shape.slice(1)]);
  return (full[0] ?? []).map((_, axis) => {
    const sizes = full.map((shape) => shape[axis] ?? null);
    return sizes.includes(null) ? null : Math.max(...sizes.map((size) => size ?? 1));
  });
}
