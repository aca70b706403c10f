// What layers ask of their weights, as nodes that run once the optimizer has been.
import { EPSILON, type Constraint } from '../../models/constraints.ts';
import type { GraphDefinition } from './graph-definition.ts';
import type { NativeBinding } from './native-binding.ts';
import { plain, variableName } from './write-trace.ts';

/** As `constrained` does it, in the variable of this weight. `after`: the nodes of all updates. Answers with the node that assigns. */
export function writeConstraint(
  graph: GraphDefinition,
  native: NativeBinding,
  { prefix, weight, constraint, after }: { prefix: string; weight: string; constraint: Constraint; after: readonly string[] },
): string {
  const at = `${prefix}constraint/${plain(weight)}`;
  const type = graph.type('T', native.TF_FLOAT);
  const dtype = graph.type('dtype', native.TF_FLOAT);
  const variable = variableName.weight(weight);
  const updated = graph.node(`${at}/updated`, 'ReadVariableOp', [variable, ...after.map((name) => `^${name}`)], [dtype]);
  const one = (name: string, op: string, ...inputs: string[]) => graph.node(`${at}/${name}`, op, inputs, [type]);
  const scalar = (name: string, value: number) => graph.constant(`${at}/${name}`, native.TF_FLOAT, [], Float32Array.of(value));
  const assign = (value: string) => graph.node(at, 'AssignVariableOp', [variable, value], [dtype]);
  if (constraint.kind === 'non-negative') return assign(one('positive', 'Relu', updated));
  const { axes, low, high, rate } = constraint;
  const over = graph.constant(`${at}/axes`, native.TF_INT32, [axes.length], Int32Array.from(axes));
  const sum = graph.node(
    `${at}/sum`,
    'Sum',
    [one('square', 'Square', updated), over],
    [type, graph.type('Tidx', native.TF_INT32), graph.bool('keep_dims', true)],
  );
  const norms = one('norms', 'Sqrt', sum);
  const within = one('within', 'Maximum', one('below', 'Minimum', norms, scalar('high', high)), scalar('low', low));
  const mix = () =>
    one('mixed', 'AddV2', one('drawn', 'Mul', within, scalar('rate', rate)), one('left', 'Mul', norms, scalar('rest', 1 - rate)));
  const desired = rate === 1 ? within : mix();
  const factor = one('factor', 'RealDiv', desired, one('sure', 'AddV2', norms, scalar('epsilon', EPSILON)));
  return assign(one('bounded', 'Mul', updated, factor));
}
