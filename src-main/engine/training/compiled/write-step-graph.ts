// Writes traced steps, one a batch size, with optimizer, masks and statistics, as one TensorFlow graph over shared variables.
import type { Optimizer } from '#contract/recipe.ts';
import { GraphDefinition } from './graph-definition.ts';
import type { NativeBinding } from './native-binding.ts';
import { applyOptimizer } from './optimizer-nodes.ts';
import { applyRewrites, type Rewrite } from './rewrites/rewrite.ts';
import type { Source, StepTrace } from './trace-step.ts';

export interface GraphVariable { readonly name: string; readonly shape: readonly number[] }

export interface StepGraph {
  /** By the number of samples in a batch. */
  readonly traces: ReadonlyMap<number, StepTrace>;
  readonly inputShape: readonly number[];
  readonly weights: readonly GraphVariable[];
  /** Slots of each trainable weight, as `kernel/m`. */
  readonly slots: readonly (GraphVariable & { readonly weight: string; readonly slot: string })[];
  /** Names of the weights whose gradient is masked. */
  readonly masked: ReadonlySet<string>;
  readonly optimizer: Optimizer;
  readonly rewrites: readonly Rewrite[];
}

/** Fetch it to assign every variable from its feed `<variable>:value`. */
export const READY = 'ready';
export const variableName = { weight: (name: string) => `weight/${plain(name)}`, slot: (name: string) => `slot/${plain(name)}`, mask: (name: string) => `mask/${plain(name)}` };

/** Layer names may hold anything, node names only letters, digits and _ . / - */
function plain(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9./-]/g, (character) => `_${character.codePointAt(0)!.toString(16)}_`);
}

export const valueOf = (variable: string) => `${variable}/value`;
export const readOf = (variable: string) => `${variable}/read`;
export const stepNames = (count: number) => ({ inputs: `batch${count}/inputs`, labels: `batch${count}/labels`, loss: `batch${count}/loss`, hits: `batch${count}/hits`, seed: (index: number) => `batch${count}/seed${index}` });

export function writeStepGraph(native: NativeBinding, { traces, inputShape, weights, slots, masked, optimizer, rewrites }: StepGraph): GraphDefinition {
  const graph = new GraphDefinition(native);
  const { TF_FLOAT, TF_INT32 } = native;
  const assigns = [
    ...weights.map(({ name, shape }) => variable(variableName.weight(name), shape)),
    ...slots.map(({ name, shape }) => variable(variableName.slot(name), shape)),
    ...weights.filter(({ name }) => masked.has(name)).map(({ name, shape }) => variable(variableName.mask(name), shape)),
  ];
  for (const scalar of ['rate', 'beta1Power', 'beta2Power']) graph.placeholder(scalar, TF_FLOAT, []);
  graph.constant('zero', TF_FLOAT, [], new Float32Array(1));
  graph.node(READY, 'Identity', ['zero', ...assigns.map((name) => `^${name}`)], [graph.type('T', TF_FLOAT)]);
  for (const [count, trace] of traces) writeTrace(count, trace);
  return graph;

  function variable(name: string, shape: readonly number[]): string {
    graph.node(name, 'VarHandleOp', [], [graph.type('dtype', TF_FLOAT), graph.shape('shape', shape), graph.text('shared_name', name)]);
    graph.node(readOf(name), 'ReadVariableOp', [name], [graph.type('dtype', TF_FLOAT)]);
    graph.placeholder(valueOf(name), TF_FLOAT, shape);
    return graph.node(`${name}/assign`, 'AssignVariableOp', [name, valueOf(name)], [graph.type('dtype', TF_FLOAT)]);
  }

  function writeTrace(count: number, trace: StepTrace): void {
    const names = stepNames(count);
    const prefix = `batch${count}/`;
    graph.placeholder(names.inputs, TF_FLOAT, [count, ...inputShape]);
    graph.placeholder(names.labels, TF_INT32, [count]);
    trace.seeds.forEach((_, index) => graph.placeholder(names.seed(index), TF_INT32, [2]));
    trace.constants.forEach(({ dtype, shape, values }, index) => graph.constant(`${prefix}constant${index}`, dtype, shape, values));
    const input = (source: Source): string => {
      switch (source.from) {
        case 'op': return source.output === 0 ? `${prefix}op${source.op}` : `${prefix}op${source.op}:${source.output}`;
        case 'weight': return readOf(variableName.weight(source.name));
        case 'constant': return `${prefix}constant${source.constant}`;
        case 'seed': return names.seed(source.seed);
        case 'inputs': return names.inputs;
        case 'labels': return names.labels;
      }
    };
    const weightShapes = new Map(weights.map(({ name, shape }) => [name, shape]));
    applyRewrites(native, { ops: trace.ops, constants: trace.constants, weightShapes }, rewrites).forEach(({ name, attributes, inputs }, index) => graph.node(`${prefix}op${index}`, name, inputs.map(input), attributes));
    const updates = [...trace.gradients].map(([name, gradient]) => applyOptimizer(graph, native, { prefix: `${prefix}apply/${plain(name)}`, weight: name, gradient: input(gradient), masked: masked.has(name), optimizer }));
    const statistics = [...trace.statistics].map(([name, value]) => {
      const node = `${prefix}statistic/${plain(name)}`;
      const kept = masked.has(name) ? graph.node(`${node}/masked`, 'Mul', [input(value), readOf(variableName.mask(name))], [graph.type('T', TF_FLOAT)]) : input(value);
      return graph.node(node, 'AssignVariableOp', [variableName.weight(name), kept], [graph.type('dtype', TF_FLOAT)]);
    });
    graph.node(names.loss, 'Identity', [input(trace.loss), ...[...updates, ...statistics].map((name) => `^${name}`)], [graph.type('T', TF_FLOAT)]);
    graph.node(names.hits, 'Identity', [input(trace.hits)], [graph.type('T', TF_INT32)]);
  }
}
