// BatchMatMulV2 of two matrices → MatMul, which TensorFlow can join to the bias and the activation after it.
import type { Rewrite } from './rewrite.ts';

export const plainMatMul: Rewrite = (op, { shapeOf, floatType, attribute, native }) => {
  const [a, b] = op.inputs;
  if (op.name !== 'BatchMatMulV2' || attribute(op, 'T') !== native.TF_FLOAT || a === undefined || b === undefined) return undefined;
  if (shapeOf(a)?.length !== 2 || shapeOf(b)?.length !== 2) return undefined;
  const transpose = (name: string, from: string) => ({ name, type: native.TF_ATTR_BOOL!, value: attribute(op, from) === true });
  return { ...op, name: 'MatMul', attributes: [floatType, transpose('transpose_a', 'adj_x'), transpose('transpose_b', 'adj_y')] };
};
