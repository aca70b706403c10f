// Writes a TensorFlow SavedModel whose weights are constants of its graph: one signature, `serving_default`, for any batch.
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { z } from 'zod';
import { StudioError } from '#contract/errors.ts';
import type { ExportedFile } from '#contract/nouns.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { diskError } from '#main/files/disk-error.ts';
import { writeFileDurably } from '#main/files/durable-write.ts';
import { lowerModel } from '../lowering/lower-model.ts';
import { shapeIn, type PlainNetwork } from '../lowering/plain-network.ts';
import { emitNodes } from './emit-nodes.ts';
import { dataTypes, GraphNodes, shapeMessage } from './graph-nodes.ts';
import { entry, message, string, whole, type Field } from './protobuf-writer.ts';

/** TensorFlow makes the inputs' names parameters of a Python function. */
const keywords = new Set(
  (
    'False None True and as assert async await break class continue def del elif else except finally for from global if ' +
    'import in is lambda nonlocal not or pass raise return try while with yield'
  ).split(' '),
);
/** A protocol buffer's own limit. */
const mostBytes = 2 * 1024 ** 3 - 1;

/**
 * `tf.saved_model.load(folder).signatures['serving_default']`; inputs and outputs bear the layers' names, with underscores
 * for what Python has in no name. What Espalier knows of the model lies in assets.extra/espalier.json, which TensorFlow leaves to others.
 * @returns the files, saved_model.pb first.
 * @throws StudioError `unsupported` naming the layer without a counterpart, `over-limit`, `disk-full`, `disk-error`.
 */
export function writeSavedModel(folder: string, model: ModelArtifact): z.infer<typeof ExportedFile>[] {
  const chunks = savedModelChunks(model);
  const target = resolve(folder);
  const extra = join(target, 'assets.extra');
  try {
    mkdirSync(extra, { recursive: true });
  } catch (thrown) {
    throw diskError(thrown, target, 0);
  }
  const metadata = writeFileDurably(join(extra, 'espalier.json'), [new TextEncoder().encode(JSON.stringify(model.metadata))]);
  const graph = writeFileDurably(join(target, 'saved_model.pb'), chunks);
  return [graph, metadata].map(({ path, bytes }) => ({ path, bytes }));
}

/** The bytes of saved_model.pb, in pieces. */
export function savedModelChunks(model: ModelArtifact): readonly Uint8Array[] {
  const network = lowerModel(model);
  const graph = new GraphNodes();
  const nodes = new Map(network.inputs.map((input) => [input, graph.placeholder(input, [-1, ...shapeIn(network, input)])]));
  for (const operation of network.operations) emitNodes(graph, network, nodes, operation);
  // An output of its own, whatever the tensor is called or is besides.
  const outputs = new Map(
    network.outputs.map((output) => [output, graph.add(`${output}/answer`, 'Identity', [nodes.get(output) ?? output])]),
  );
  const information = message(1, [string(4, 'serve'), string(5, '2.15.0'), whole(7, true)]);
  const metaGraph = message(2, [
    information,
    graph.definition(2),
    entry(5, 'serving_default', (number) => signature(number, network, nodes, outputs)),
  ]);
  const chunks = [...whole(1, 1), ...metaGraph];
  const bytes = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
  if (bytes > mostBytes)
    throw new StudioError('over-limit', `The graph takes ${bytes} bytes; a SavedModel's holds at most ${mostBytes}.`, {
      where: network.name,
      whatToDo: 'Compact the network, or export in another format.',
    });
  return chunks;
}

/** The names of the signature's inputs and outputs, in the model's order. */
export function signatureOf(model: ModelArtifact): { readonly inputs: readonly string[]; readonly outputs: readonly string[] } {
  const { inputs, outputs } = lowerModel(model);
  return { inputs: inputs.map(keyOf), outputs: outputs.map(keyOf) };
}

function signature(
  number: number,
  network: PlainNetwork,
  inputs: ReadonlyMap<string, string>,
  outputs: ReadonlyMap<string, string>,
): Field {
  const ends = (field: number, tensors: readonly string[], nodes: ReadonlyMap<string, string>): Field[] =>
    tensors.map((tensor, index) =>
      entry(field, keyOf(tensor, index, tensors), (inner) =>
        message(inner, [
          string(1, `${nodes.get(tensor) ?? tensor}:0`),
          whole(2, dataTypes.float),
          shapeMessage(3, [-1, ...shapeIn(network, tensor)]),
        ]),
      ),
    );
  return message(number, [
    ...ends(1, network.inputs, inputs),
    ...ends(2, network.outputs, outputs),
    string(3, 'tensorflow/serving/predict'),
  ]);
}

/** `in` → `in_`, `2nd input` → `_2nd_input`. */
function keyOf(tensor: string, index: number, all: readonly string[]): string {
  const plain = (name: string): string =>
    name
      .replaceAll(/\W/g, '_')
      .replace(/^\d/, '_$&')
      .replace(/^.*$/, (key) => (keywords.has(key) ? `${key}_` : key));
  const own = plain(tensor);
  return all.slice(0, index).some((other) => plain(other) === own) ? `${own}_${index}` : own;
}
