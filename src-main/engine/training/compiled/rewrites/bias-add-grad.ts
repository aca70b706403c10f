// The sum over all axes but the last, as a bias's gradient is → BiasAddGrad: one pass in the order of memory.
import type { Rewrite } from './rewrite.ts';

export const biasAddGrad: Rewrite = (op, { shapeOf, constantOf, floatType, channelsLast, attribute, native }) => {
  if (op.name !== 'Sum' || attribute(op, 'T') !== native.TF_FLOAT || attribute(op, 'keep_dims') === true) return undefined;
  const [value, axes] = op.inputs;
  const shape = value === undefined ? undefined : shapeOf(value);
  const summed = constantOf(axes);
  if (value === undefined || shape === undefined || shape.length < 2 || shape.length > 5 || summed?.length !== shape.length - 1)
    return undefined;
  const all = Array.from(summed, (axis) => (axis < 0 ? axis + shape.length : axis)).sort((a, b) => a - b);
  if (!all.every((axis, index) => axis === index)) return undefined;
  return { ...op, name: 'BiasAddGrad', attributes: [floatType, channelsLast], inputs: [value] };
};
