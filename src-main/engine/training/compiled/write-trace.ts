// Writes a trace into a graph: its constants and kernels, after the rewrites, under a prefix of its own.
import type { GraphDefinition } from './graph-definition.ts';
import type { NativeBinding } from './native-binding.ts';
import { applyRewrites, liveOps, type Rewrite } from './rewrites/rewrite.ts';
import type { Source, Trace } from './trace.ts';

export interface GraphVariable {
  readonly name: string;
  readonly shape: readonly number[];
}

export interface TraceNames {
  readonly prefix: string;
  input(index: number): string;
  readonly labels: string;
  seed(index: number): string;
  /** The node that reads a weight. */
  weight(name: string): string;
}

/** Answers with the node name of each source. Inputs, labels and weights are the caller's to write. */
export function writeTrace(
  graph: GraphDefinition,
  native: NativeBinding,
  { ops, constants, seeds, wanted }: Trace,
  names: TraceNames,
  weights: readonly GraphVariable[],
  rewrites: readonly Rewrite[],
): (source: Source) => string {
  const { prefix } = names;
  seeds.forEach((_, index) => graph.placeholder(names.seed(index), native.TF_INT32, [2]));
  const nameOf = (source: Source): string => {
    switch (source.from) {
      case 'op':
        return source.output === 0 ? `${prefix}op${source.op}` : `${prefix}op${source.op}:${source.output}`;
      case 'weight':
        return names.weight(source.name);
      case 'constant':
        return `${prefix}constant${source.constant}`;
      case 'seed':
        return names.seed(source.seed);
      case 'input':
        return names.input(source.input);
      case 'labels':
        return names.labels;
    }
  };
  const weightShapes = new Map(weights.map(({ name, shape }) => [name, shape]));
  const rewritten = applyRewrites(native, { ops, constants, wanted, weightShapes }, rewrites);
  // TensorFlow would leave out what nothing needs any more, but only after it has been given the constants: hundreds of megabytes.
  const live = liveOps(rewritten, wanted);
  const used = [...wanted, ...[...live].flatMap(({ inputs }) => inputs)];
  for (const index of new Set(used.flatMap((source) => (source.from === 'constant' ? [source.constant] : [])))) {
    const { dtype, shape, values } = constants[index]!;
    graph.constant(`${prefix}constant${index}`, dtype, shape, values);
  }
  rewritten.forEach((op, index) => {
    if (live.has(op)) graph.node(`${prefix}op${index}`, op.name, op.inputs.map(nameOf), op.attributes);
  });
  return nameOf;
}

/**
 * A variable with its nodes: `name`, `name/read`, `name/copy` for whoever takes its value out, and `name/assign` from the feed `name/value`.
 * What comes in and what goes out is copied, so that the variable's memory is the graph's alone. Answers with the name of the last.
 */
export function writeVariable(graph: GraphDefinition, native: NativeBinding, name: string, shape: readonly number[]): string {
  const dtype = graph.type('dtype', native.TF_FLOAT);
  graph.node(name, 'VarHandleOp', [], [dtype, graph.shape('shape', shape), graph.text('shared_name', name)]);
  const type = graph.type('T', native.TF_FLOAT);
  graph.node(readOf(name), 'ReadVariableOp', [name], [dtype]);
  graph.node(copyOf(name), 'DeepCopy', [readOf(name)], [type]);
  graph.placeholder(valueOf(name), native.TF_FLOAT, shape);
  const own = graph.node(`${name}/own`, 'DeepCopy', [valueOf(name)], [type]);
  return graph.node(`${name}/assign`, 'AssignVariableOp', [name, own], [dtype]);
}

/** Fetch it to assign every variable from its feed. */
export const READY = 'ready';

export function writeReady(graph: GraphDefinition, native: NativeBinding, assigns: readonly string[]): void {
  graph.constant('zero', native.TF_FLOAT, [], new Float32Array(1));
  graph.node(READY, 'Identity', ['zero', ...assigns.map((name) => `^${name}`)], [graph.type('T', native.TF_FLOAT)]);
}

export const valueOf = (variable: string) => `${variable}/value`;
/** The weight as the network sees it: 0 under its mask. */
export const seenOf = (variable: string) => `${variable}/seen`;
export const copyOf = (variable: string) => `${variable}/copy`;
export const readOf = (variable: string) => `${variable}/read`;
export const variableName = {
  weight: (name: string) => `weight/${plain(name)}`,
  slot: (name: string) => `slot/${plain(name)}`,
  mask: (name: string) => `mask/${plain(name)}`,
};

/** Layer names may hold anything, node names only letters, digits and _ . / - */
export function plain(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9./-]/g, (character) => `_${character.codePointAt(0)!.toString(16)}_`);
}
