// Writes traced steps, one a batch size, with optimizer, masks and statistics, as one TensorFlow graph over shared variables.
import type { UpdateRule } from '../optimizers.ts';
import type { Constraint } from '../../models/constraints.ts';
import { MOVEMENT, type Beneath } from '../training-step.ts';
import { writeConstraint } from './constraint-nodes.ts';
import { GraphDefinition } from './graph-definition.ts';
import type { NativeBinding } from './native-binding.ts';
import { writeScalars, writeUpdates } from './optimizer-nodes.ts';
import type { Rewrite } from './rewrites/rewrite.ts';
import type { StepTrace } from './trace-step.ts';
import { plain, readOf, seenOf, variableName, writeReady, writeTrace, writeVariable, type GraphVariable } from './write-trace.ts';

export interface StepGraph {
  /** By the number of samples in a batch. */
  readonly traces: ReadonlyMap<number, StepTrace>;
  readonly inputShape: readonly number[];
  /** Numbers that are wanted of each sample; 0 for classes. */
  readonly targets: number;
  readonly weights: readonly GraphVariable[];
  /** Slots of each trainable weight, as `kernel/m`. */
  readonly slots: readonly (GraphVariable & { readonly weight: string; readonly slot: string })[];
  readonly masked: ReadonlySet<string>;
  /** Of the masked weights. */
  readonly beneath: Beneath;
  /** Weights with a slot for their movement. */
  readonly moving: ReadonlySet<string>;
  /** By the weight's name. */
  readonly constraints: ReadonlyMap<string, Constraint>;
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
});

export function writeStepGraph(
  native: NativeBinding,
  { traces, inputShape, targets, weights, slots, masked, beneath, moving, constraints, rule, rewrites }: StepGraph,
): GraphDefinition {
  const graph = new GraphDefinition(native);
  const { TF_BOOL, TF_FLOAT, TF_INT32 } = native;
  const float = graph.type('T', TF_FLOAT);
  const variable = (name: string, { shape }: GraphVariable) => writeVariable(graph, native, name, shape);
  writeReady(graph, native, [
    ...weights.map((weight) => variable(variableName.weight(weight.name), weight)),
    ...slots.map((slot) => variable(variableName.slot(slot.name), slot)),
    ...weights.filter(({ name }) => masked.has(name)).map((weight) => variable(variableName.mask(weight.name), weight)),
  ]);
  writeScalars(graph, native, rule);
  const covered = beneath === 'zero' ? new Set<string>() : masked;
  for (const name of covered) {
    const weight = variableName.weight(name);
    // Selected, not multiplied: −0.3 · 0 would be −0.0, whose bits are not zero.
    const kept = graph.node(
      `${weight}/kept`,
      'Cast',
      [readOf(variableName.mask(name))],
      [graph.type('SrcT', TF_FLOAT), graph.type('DstT', TF_BOOL)],
    );
    const zeros = graph.node(`${weight}/zeros`, 'ZerosLike', [readOf(weight)], [float]);
    graph.node(seenOf(weight), 'SelectV2', [kept, readOf(weight), zeros], [float]);
  }
  const seen = (name: string) => (covered.has(name) ? seenOf : readOf)(variableName.weight(name));
  for (const [count, trace] of traces) {
    const own = stepNames(count);
    const names = { ...own, input: () => own.inputs, weight: seen };
    const { prefix } = names;
    graph.placeholder(names.inputs, TF_FLOAT, [count, ...inputShape]);
    if (targets === 0) graph.placeholder(names.labels, TF_INT32, [count]);
    else graph.placeholder(names.labels, TF_FLOAT, [count, targets]);
    const nameOf = writeTrace(graph, native, trace, names, weights, rewrites);
    const gradients = new Map([...trace.gradients].map(([name, gradient]) => [name, nameOf(gradient)]));
    const moved = [...gradients].flatMap(([name, gradient]) =>
      moving.has(name) ? [writeMovement(graph, native, prefix, name, gradient)] : [],
    );
    const updates = writeUpdates(graph, native, {
      prefix,
      gradients,
      results: [nameOf(trace.loss), nameOf(trace.hits), ...moved],
      masked: beneath === 'trained' ? new Set() : masked,
      rule,
    });
    const bounded = [...gradients.keys()].flatMap((weight) => {
      const constraint = constraints.get(weight);
      return constraint === undefined ? [] : [writeConstraint(graph, native, { prefix, weight, constraint, after: updates })];
    });
    const statistics = [...trace.statistics].map(([name, value]) => {
      const node = `${prefix}statistic/${plain(name)}`;
      const kept = masked.has(name)
        ? graph.node(`${node}/masked`, 'Mul', [nameOf(value), readOf(variableName.mask(name))], [float])
        : nameOf(value);
      return graph.node(node, 'AssignVariableOp', [variableName.weight(name), kept], [graph.type('dtype', TF_FLOAT)]);
    });
    graph.node(
      names.loss,
      'Identity',
      [nameOf(trace.loss), ...[...moved, ...updates, ...bounded, ...statistics].map((name) => `^${name}`)],
      [float],
    );
    graph.node(names.hits, 'Identity', [nameOf(trace.hits)], [graph.type('T', TF_INT32)]);
  }
  return graph;
}

/** S ← S − w · ∂L/∂w, with the weight as it is before the step. Answers with the node that does it. */
function writeMovement(graph: GraphDefinition, native: NativeBinding, prefix: string, name: string, gradient: string): string {
  const node = `${prefix}movement/${plain(name)}`;
  const product = graph.node(`${node}/product`, 'Mul', [readOf(variableName.weight(name)), gradient], [graph.type('T', native.TF_FLOAT)]);
  return graph.node(
    node,
    'AssignSubVariableOp',
    [variableName.slot(`${name}/${MOVEMENT}`), product],
    [graph.type('dtype', native.TF_FLOAT)],
  );
}
