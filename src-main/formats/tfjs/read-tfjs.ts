// Reads a TensorFlow.js model, of layers or a graph: model.json and the weight files that it names, which must lie beside it.
import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Json, JsonObject, ModelArtifact, NamedTensor } from '#network/model-artifact.ts';
import { isPlainName } from '../containers/guarded-file.ts';
import { isList, isObject, maxJsonBytes, parseJsonObject } from '../containers/json.ts';
import { readTopology } from '../keras/read-topology.ts';
import { withUniqueNames } from '../keras/unique-names.ts';
import { settled } from '../keras/settle-layers.ts';
import { leafLayers, nameIndex, weightTensor } from '../keras/weight-names.ts';
import type { NumericArray } from '../numeric-array.ts';
import { printable, refusal, type Place } from '../refusal.ts';
import { decodeWeights } from './decode-weights.ts';
import { graphModel } from './graph/read-graph-model.ts';

const maxTotal = 4 * 1024 ** 3;

/** @param path of model.json. @throws StudioError `not-a-model`, `damaged-file`, `unsafe-file`, `over-limit`, `unsupported`. */
export function readTfjs(path: string): ModelArtifact {
  const file = basename(path);
  const folder = dirname(path);
  const json = readBeside(folder, file, { file }, maxJsonBytes);
  let left = maxTotal;
  return tfjsModel(json, file, (name) => {
    const bytes = readBeside(folder, name, { file, member: name }, left);
    left -= bytes.length;
    return bytes;
  });
}

/** @param shard gives the bytes of a weight file by its plain name. */
export function tfjsModel(json: Uint8Array, file: string, shard: (name: string) => Uint8Array): ModelArtifact {
  const model = parseJsonObject(json, { file });
  const graph = model.format === 'graph-model' || (isObject(model.modelTopology) && isList(model.modelTopology.node));
  if (graph) return graphModel(model, readManifest(model.weightsManifest ?? [], { file, member: 'weightsManifest' }, shard), { file });
  if (!isObject(model.modelTopology))
    throw refusal('not-a-model', { file }, 'It is JSON without a modelTopology, so no TensorFlow.js model.');
  const outer = model.modelTopology;
  const version = typeof outer.keras_version === 'string' ? outer.keras_version : 'tfjs';
  const at = { file, member: 'modelTopology' };
  const topology = readTopology(isObject(outer.model_config) ? outer.model_config : outer, version.startsWith('3') ? 3 : 2, at);
  const final = withUniqueNames(topology);
  const arrays = readManifest(model.weightsManifest ?? [], { file, member: 'weightsManifest' }, shard);
  const find = nameIndex([...arrays.keys()]);
  const weights = leafLayers(topology).flatMap((leaf) =>
    leaf.weights.map((weight): NamedTensor => {
      const array = arrays.get(find(`${leaf.layer}/${weight}`) ?? '');
      if (array === undefined)
        throw refusal('damaged-file', { file, member: `${leaf.layer}/${weight}` }, 'This weight is missing from the manifest.');
      return weightTensor(leaf, weight, array, { file }, final.nameOf(leaf.path));
    }),
  );
  const own = isObject(model.userDefinedMetadata) && isObject(model.userDefinedMetadata.espalier) ? model.userDefinedMetadata.espalier : {};
  return settled({ topology: final.topology, weights, metadata: { ...own, kerasVersion: version.slice(0, 40) } }, { file });
}

function readManifest(manifest: Json, place: Place, shard: (name: string) => Uint8Array): Map<string, NumericArray> {
  const arrays = new Map<string, NumericArray>();
  if (!isList(manifest)) throw refusal('damaged-file', place, "The list of weights can't be read.");
  for (const group of manifest) {
    if (!isObject(group) || !isList(group.paths) || !isList(group.weights))
      throw refusal('damaged-file', place, 'A group of weights has no paths or no weights.');
    const names = group.paths.map((path) => plainName(path, place));
    const parts = names.map((name) => Buffer.from(shard(name)));
    for (const [name, array] of decodeWeights(
      group.weights.map((entry) => specification(entry, place)),
      Buffer.concat(parts),
      { ...place, member: names.join(', ') || 'weightsManifest' },
    )) {
      if (arrays.has(name)) throw refusal('damaged-file', place, `Two weights are named ${printable(name)}.`);
      arrays.set(name, array);
    }
  }
  return arrays;
}

function specification(entry: Json, place: Place): JsonObject {
  if (!isObject(entry)) throw refusal('damaged-file', place, 'A weight is not described.');
  return entry;
}

function plainName(path: Json, place: Place): string {
  if (typeof path !== 'string' || !isPlainName(path)) {
    throw refusal(
      'unsafe-file',
      { ...place, member: typeof path === 'string' ? path : 'paths' },
      'The path of a weight file is not a plain file name beside model.json.',
      'Put the weight files in the folder of model.json and name them there without folders.',
    );
  }
  return path;
}

/** Regular files only: no links, no devices. */
function readBeside(folder: string, name: string, place: Place, limit: number): Buffer {
  const path = join(folder, name);
  let file: number;
  try {
    if (lstatSync(path).isSymbolicLink()) throw refusal('unsafe-file', place, 'It is a link, which is never followed.');
    file = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  } catch (thrown) {
    const absent = thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';
    if (absent) throw refusal('damaged-file', place, 'This file of the model is missing.', 'Put it in the folder of model.json.', thrown);
    if (thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' && thrown.code.startsWith('E'))
      throw refusal('disk-error', place, "It can't be opened.", 'Check your right to read it.', thrown);
    throw thrown;
  }
  try {
    const status = fstatSync(file);
    if (!status.isFile()) throw refusal('unsafe-file', place, 'It is no regular file.');
    if (status.size > limit) throw refusal('over-limit', place, `It has ${status.size} bytes; at most ${limit} are read.`);
    const bytes = Buffer.alloc(status.size);
    let done = 0;
    for (let got = -1; done < bytes.length && got !== 0; done += got) got = readSync(file, bytes, done, bytes.length - done, done);
    return bytes.subarray(0, done);
  } finally {
    closeSync(file);
  }
}
