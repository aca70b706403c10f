// dy · step(x), which tfjs writes with seven kernels (Greater, IsNan, Fill, two Selects, Cast, Mul) → ReluGrad.
import type { Source } from '../trace.ts';
import { same, type Rewrite, type RewriteContext } from './rewrite.ts';

export const reluGrad: Rewrite = (op, context) => {
  if (op.name !== 'Mul') return undefined;
  const [a, b] = op.inputs;
  for (const [slope, step] of [
    [a, b],
    [b, a],
  ] as const) {
    const x = stepOf(step, context);
    if (slope === undefined || x === undefined) continue;
    // relu(x) is positive where x is; taking it lets x itself be forgotten, and so be joined to what made it.
    const relu = context.ops.findIndex(({ name, inputs }) => name === 'Relu' && same(inputs[0], x));
    const features: Source = relu < 0 ? x : { from: 'op', op: relu, output: 0 };
    return { ...op, name: 'ReluGrad', attributes: [context.floatType], inputs: [slope, features] };
  }
  return undefined;
};

/** x where the source is step(x) as tfjs works it out: Select(IsNan(x), x, Select(x > 0, 1, 0)), cast to what it is already. */
function stepOf(source: Source | undefined, { opOf, constantOf, attribute }: RewriteContext): Source | undefined {
  let outer = opOf(source);
  if (outer?.name === 'Cast' && attribute(outer, 'SrcT') === attribute(outer, 'DstT')) outer = opOf(outer.inputs[0]);
  if (outer?.name !== 'Select') return undefined;
  const [isNan, x] = outer.inputs;
  const [nan, inner] = [opOf(isNan), opOf(outer.inputs[2])];
  if (x === undefined || nan?.name !== 'IsNan' || !same(nan.inputs[0], x) || inner?.name !== 'Select') return undefined;
  const [greater, ones] = [opOf(inner.inputs[0]), constantOf(inner.inputs[1])];
  const zeros = opOf(inner.inputs[2]);
  const isStep =
    greater?.name === 'Greater' &&
    same(greater.inputs[0], x) &&
    constantOf(greater.inputs[1])?.[0] === 0 &&
    ones?.[0] === 1 &&
    zeros?.name === 'Fill' &&
    constantOf(zeros.inputs[1])?.[0] === 0;
  return isStep ? x : undefined;
}
