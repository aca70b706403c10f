// Reads a tfjs graph model as layers: no op of the file is run, each is looked up in a table; an op outside it is named with its node.
import type { Json, JsonObject, ModelArtifact, Topology } from '#network/model-artifact.ts';
import { isList, isObject } from '../../containers/json.ts';
import type { NumericArray } from '../../numeric-array.ts';
import { NetworkBuilder } from '../../onnx/read/network-builder.ts';
import { printable, refusal, type Place } from '../../refusal.ts';
import { flowOf, GraphNode, type GraphConstant, type GraphValue } from './graph-node.ts';
import { graphOps } from './graph-ops.ts';

const maxNodes = 100_000;

/** @param arrays the constants by node name. @throws StudioError `damaged-file`, `over-limit`, `unsupported` naming the op and its node. */
export function graphModel(model: JsonObject, arrays: ReadonlyMap<string, NumericArray>, place: Place): ModelArtifact {
  const topology = isObject(model.modelTopology) ? model.modelTopology : {};
  const library = isObject(topology.library) && isList(topology.library.function) ? topology.library.function : [];
  if (library.length > 0)
    throw refusal('unsupported', place, 'Its graph has functions of its own (control flow).', 'Convert it as a layers model.');
  const nodes = (isList(topology.node) ? topology.node : []).filter(isObject);
  if (nodes.length === 0) throw refusal('damaged-file', place, 'The graph has no nodes.');
  if (nodes.length > maxNodes) throw refusal('over-limit', place, `The graph has more than ${maxNodes} nodes.`);
  const builder = new NetworkBuilder(place);
  const values = new Map<string, GraphValue>();
  const uses = usesOf(nodes);
  const inputs: string[] = [];
  for (const node of inOrder(nodes, place)) {
    const [name, op] = [String(node.name), String(node.op)];
    const at = { ...place, member: printable(name) };
    if (op === 'Const') values.set(name, constantOf(arrays.get(name), at));
    else if (op === 'Placeholder' || op === 'PlaceholderWithDefault') {
      const layer = addInput(node, builder, at);
      inputs.push(layer.layer);
      values.set(name, layer);
    } else if (op !== 'NoOp') {
      const given = inputsOf(node).map((input) => values.get(input)!);
      const read = Object.hasOwn(graphOps, op) ? graphOps[op] : undefined;
      const call = new GraphNode(node, given, builder, (index) => uses.get(inputsOf(node)[index] ?? '') === 1);
      if (read === undefined) throw call.refusal('Espalier has no layer for it');
      values.set(name, read(call));
    }
  }
  const outputs = outputNames(model, nodes, uses).map((name) =>
    outputLayer(values.get(name), builder, { ...place, member: printable(name) }),
  );
  const { layers, weights } = builder.finish(outputs);
  const end = (name: string): Json => [name, 0, 0];
  const result: Topology = {
    class_name: 'Functional',
    config: { name: 'graph_model', layers, input_layers: inputs.map(end), output_layers: outputs.map(end) },
  };
  return { topology: result, weights, metadata: { convertedFrom: 'tfjs graph model' } };
}

/** Data inputs, without output numbers; `^node` only orders. */
function inputsOf(node: JsonObject): string[] {
  return (isList(node.input) ? node.input : [])
    .map(String)
    .filter((name) => !name.startsWith('^'))
    .map((name) => name.replace(/:\d+$/, ''));
}

function usesOf(nodes: readonly JsonObject[]): Map<string, number> {
  const uses = new Map<string, number>();
  for (const name of nodes.flatMap(inputsOf)) uses.set(name, (uses.get(name) ?? 0) + 1);
  return uses;
}

/** What a node needs comes before it, in whatever order the file has them. */
function inOrder(nodes: readonly JsonObject[], place: Place): JsonObject[] {
  const byName = new Map(nodes.map((node) => [String(node.name), node]));
  if (byName.size !== nodes.length) throw refusal('damaged-file', place, 'Two nodes of the graph have one name.');
  const ordered: JsonObject[] = [];
  const state = new Map<string, 'open' | 'done'>();
  for (const start of byName.keys()) {
    const stack = [start];
    while (stack.length > 0) {
      const name = stack.at(-1)!;
      const node = byName.get(name);
      if (node === undefined)
        throw refusal(
          'damaged-file',
          { ...place, member: printable(name) },
          'A node takes its input from a node that the graph does not have.',
        );
      const missing = state.get(name) === 'done' ? [] : inputsOf(node).filter((input) => state.get(input) !== 'done');
      if (missing.length > 0 && state.get(name) === 'open' && missing.some((input) => state.get(input) === 'open'))
        throw refusal('damaged-file', { ...place, member: printable(name) }, 'The graph goes in a circle.');
      if (missing.length > 0) {
        state.set(name, 'open');
        stack.push(...missing);
        continue;
      }
      stack.pop();
      if (state.get(name) !== 'done') ordered.push(node);
      state.set(name, 'done');
    }
  }
  return ordered;
}

function constantOf(array: NumericArray | undefined, place: Place): GraphConstant {
  if (array === undefined) throw refusal('damaged-file', place, 'This constant is missing from the manifest.');
  return { kind: 'constant', shape: array.shape, data: array.data instanceof Float32Array ? array.data : Array.from(array.data) };
}

function addInput(node: JsonObject, builder: NetworkBuilder, place: Place) {
  const shape = new GraphNode(node, [], builder, () => false).shape();
  const [, ...sample] = shape;
  if (sample.length === 0 || sample.some(Number.isNaN))
    throw refusal(
      'unsupported',
      place,
      'This input has a free axis beside the batch, or none.',
      'Convert the model with a fixed input shape.',
    );
  const name = String(node.name);
  return flowOf(builder.add('InputLayer', name, { batch_input_shape: [null, ...sample], dtype: 'float32', sparse: false }, []), [
    NaN,
    ...sample,
  ]);
}

/** As the signature says, else what nothing uses. */
function outputNames(model: JsonObject, nodes: readonly JsonObject[], uses: ReadonlyMap<string, number>): string[] {
  const own = isObject(model.userDefinedMetadata) ? model.userDefinedMetadata.signature : undefined;
  const signature = isObject(model.signature) ? model.signature : isObject(own) ? own : {};
  const stated = isObject(signature.outputs) ? Object.values(signature.outputs) : [];
  const names = stated.flatMap((end) => (isObject(end) && typeof end.name === 'string' ? [end.name.replace(/:\d+$/, '')] : []));
  return names.length > 0
    ? names
    : nodes.filter(({ name, op }) => op !== 'NoOp' && op !== 'Const' && !uses.has(String(name))).map(({ name }) => String(name));
}

function outputLayer(value: GraphValue | undefined, builder: NetworkBuilder, place: Place): string {
  if (value?.kind !== 'flow') throw refusal('unsupported', place, 'This output does not come out of the network.');
  if (builder.layers.get(value.layer)?.className !== 'InputLayer') return value.layer;
  return builder.add('Activation', `${value.layer}_again`, { activation: 'linear' }, [value]);
}
