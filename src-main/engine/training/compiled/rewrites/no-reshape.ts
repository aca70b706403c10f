// A reshape to the shape that is there already → nothing: what follows takes what came before, and other rewrites see the two side by side.
import type { Source } from '../trace.ts';
import { same, type Rewrite } from './rewrite.ts';

export const noReshape: Rewrite = (op, { opOf, shapeOf }) => {
  const inputs = op.inputs.map(through);
  return inputs.every((input, index) => same(input, op.inputs[index])) ? undefined : { ...op, inputs };

  function through(source: Source): Source {
    const made = opOf(source);
    const before = made?.name === 'Reshape' ? made.inputs[0] : undefined;
    return before !== undefined && shapeOf(before)?.join() === made!.outputs[0]!.shape.join() ? through(before) : source;
  }
};
