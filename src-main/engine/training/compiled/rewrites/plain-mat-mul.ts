// BatchMatMulV2 of two matrices, or of two batches of one → MatMul, which TensorFlow can join to the bias and the activation after it.
import type { Source } from '../trace.ts';
import type { Rewrite, RewriteContext } from './rewrite.ts';

export const plainMatMul: Rewrite = (op, context) => {
  const { floatType, attribute, native, usersOf } = context;
  const [a, b] = op.inputs.map((source) => matrixIn(source, context));
  if (op.name !== 'BatchMatMulV2' || attribute(op, 'T') !== native.TF_FLOAT || a === undefined || b === undefined) return undefined;
  const made = op.outputs[0]!;
  // What follows must not mind that the batch's axis is gone.
  if (made.shape.length !== 2 && usersOf(op)?.every(({ name }) => name === 'Reshape') !== true) return undefined;
  const transpose = (name: string, from: string) => ({ name, type: native.TF_ATTR_BOOL!, value: attribute(op, from) === true });
  const outputs = [{ ...made, shape: made.shape.slice(-2) }];
  return {
    ...op,
    name: 'MatMul',
    inputs: [a, b],
    outputs,
    attributes: [floatType, transpose('transpose_a', 'adj_x'), transpose('transpose_b', 'adj_y')],
  };
};

/** The source itself if it is a matrix, or the matrix of which it is a batch of one. */
function matrixIn(source: Source, { shapeOf, opOf }: RewriteContext): Source | undefined {
  const shape = shapeOf(source);
  if (shape?.length === 2) return source;
  const reshape = opOf(source);
  const before = reshape?.name === 'Reshape' ? reshape.inputs[0] : undefined;
  return before !== undefined && shape?.join() === `1,${shapeOf(before)?.join()}` && shapeOf(before)?.length === 2 ? before : undefined;
}
