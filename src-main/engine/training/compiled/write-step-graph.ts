// Writes traced steps, one a batch size, with optimizer, masks and statistics, as one TensorFlow graph over shared variables.
import type { UpdateRule } from '../optimizers.ts';
import { GraphDefinition } from './graph-definition.ts';
import type { NativeBinding } from './native-binding.ts';
import { writeScalars, writeUpdates } from './optimizer-nodes.ts';
import type { Rewrite } from './rewrites/rewrite.ts';
import type { StepTrace } from './trace-step.ts';
import { plain, readOf, variableName, writeReady, writeTrace, writeVariable, type GraphVariable } from './write-trace.ts';

export interface StepGraph {
  /** By the number of samples in a batch. */
  readonly traces: ReadonlyMap<number, StepTrace>;
  readonly inputShape: readonly number[];
  readonly weights: readonly GraphVariable[];
  /** Slots of each trainable weight, as `kernel/m`. */
  readonly slots: readonly (GraphVariable & { readonly weight: string; readonly slot: string })[];
  /** Names of the weights whose gradient is masked. */
  readonly masked: ReadonlySet<string>;
  readonly rule: UpdateRule;
  readonly rewrites: readonly Rewrite[];
}

export const stepNames = (count: number) => ({
  prefix: `batch${count}/`,
  inputs: `batch${count}/inputs`,
  labels: `batch${count}/labels`,
  loss: `batch${count}/loss`,
  hits: `batch${count}/hits`,
  seed: (index: number) => `batch${count}/seed${index}`,
  weight: (name: string) => readOf(variableName.weight(name)),
});

export function writeStepGraph(
  native: NativeBinding,
  { traces, inputShape, weights, slots, masked, rule, rewrites }: StepGraph,
): GraphDefinition {
  const graph = new GraphDefinition(native);
  const { TF_FLOAT, TF_INT32 } = native;
  const float = graph.type('T', TF_FLOAT);
  const variable = (name: string, { shape }: GraphVariable) => writeVariable(graph, native, name, shape);
  writeReady(graph, native, [
    ...weights.map((weight) => variable(variableName.weight(weight.name), weight)),
    ...slots.map((slot) => variable(variableName.slot(slot.name), slot)),
    ...weights.filter(({ name }) => masked.has(name)).map((weight) => variable(variableName.mask(weight.name), weight)),
  ]);
  writeScalars(graph, native, rule);
  for (const [count, trace] of traces) {
    const names = stepNames(count);
    const { prefix } = names;
    graph.placeholder(names.inputs, TF_FLOAT, [count, ...inputShape]);
    graph.placeholder(names.labels, TF_INT32, [count]);
    const nameOf = writeTrace(graph, native, trace, names, weights, rewrites);
    const gradients = new Map([...trace.gradients].map(([name, gradient]) => [name, nameOf(gradient)]));
    const updates = writeUpdates(graph, native, { prefix, gradients, masked, rule });
    const statistics = [...trace.statistics].map(([name, value]) => {
      const node = `${prefix}statistic/${plain(name)}`;
      const kept = masked.has(name)
        ? graph.node(`${node}/masked`, 'Mul', [nameOf(value), readOf(variableName.mask(name))], [float])
        : nameOf(value);
      return graph.node(node, 'AssignVariableOp', [variableName.weight(name), kept], [graph.type('dtype', TF_FLOAT)]);
    });
    graph.node(names.loss, 'Identity', [nameOf(trace.loss), ...[...updates, ...statistics].map((name) => `^${name}`)], [float]);
    graph.node(names.hits, 'Identity', [nameOf(trace.hits)], [graph.type('T', TF_INT32)]);
  }
  return graph;
}
