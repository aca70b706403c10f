// Reads a .keras file of Keras 3: a zip of metadata.json, config.json and model.weights.h5.
import type { Json, JsonObject, ModelArtifact, NamedTensor, Topology } from '#network/model-artifact.ts';
import type { ByteSource } from '../containers/guarded-file.ts';
import { withHdf5, type Hdf5 } from '../containers/hdf5.ts';
import { isObject, parseJson, parseJsonObject } from '../containers/json.ts';
import { openZip } from '../containers/zip.ts';
import type { NumericArray } from '../numeric-array.ts';
import { refusal, type Place } from '../refusal.ts';
import { readOptimizer } from './optimizer-state.ts';
import { readTopology } from './read-topology.ts';
import { withUniqueNames, type FinalNames } from './unique-names.ts';
import { weightTensor } from './weight-names.ts';
import { settled } from './settle-layers.ts';
import { atEachStep, weightGroups, weightSlots } from './weight-paths.ts';

const config = 'config.json';
const weightsFile = 'model.weights.h5';

/** @param file its name, for messages. @throws StudioError `not-a-model`, `damaged-file`, `unsafe-file`, `over-limit`, `unsupported`. */
export async function readKeras(archive: Buffer | ByteSource, file: string): Promise<ModelArtifact> {
  const zip = await openZip(archive, file);
  if (!zip.has(config)) throw refusal('not-a-model', { file }, `It is a zip archive without a ${config}, so no Keras model.`);
  const described = parseJson(await zip.read(config), { file, member: config });
  const topology = readTopology(described, 3, { file, member: config });
  const final = withUniqueNames(topology);
  if (!zip.has(weightsFile))
    throw refusal(
      'damaged-file',
      { file, member: weightsFile },
      `The archive has no member named ${weightsFile}: the weights are missing.`,
    );
  const place = { file, member: weightsFile };
  const { weights, training } = await withHdf5(await zip.read(weightsFile), place, (h5) => ({
    weights: readLayerWeights(h5, topology, final.nameOf, place),
    training: readOptimizer({ ...compiled(described), variables: () => optimizerVariables(h5) }, topology, final.nameOf),
  }));
  const metadata = zip.has('metadata.json') ? parseJsonObject(await zip.read('metadata.json'), { file, member: 'metadata.json' }) : {};
  const model = settled({ topology: final.topology, weights, metadata: kept(metadata) }, { file });
  return training === undefined ? model : { ...model, training };
}

function compiled(described: Json): { optimizer: Json | undefined; loss: Json | undefined } {
  const config = isObject(described) && isObject(described.compile_config) ? described.compile_config : {};
  return { optimizer: config.optimizer, loss: config.loss };
}

/** The optimizer's variables, `0` to the last. */
function optimizerVariables(h5: Hdf5): NumericArray[] {
  const vars = '/optimizer/vars';
  const count = h5.isGroup(vars) ? h5.keys(vars).length : 0;
  const names = Array.from({ length: count }, (_, index) => `${vars}/${index}`);
  return names.every((name) => h5.isDataset(name)) ? names.map((name) => h5.tensor(name)) : [];
}

function kept({ keras_version: version, espalier }: JsonObject): JsonObject {
  return { ...(isObject(espalier) ? espalier : {}), ...(typeof version === 'string' ? { kerasVersion: version.slice(0, 40) } : {}) };
}

/** The weights of a `layers` group, under the names that layers end up with. */
export function readLayerWeights(h5: Hdf5, topology: Topology, nameOf: FinalNames, place: Place): NamedTensor[] {
  const groups = weightGroups(topology, layerNames(h5), (path) =>
    h5.isGroup(`/${path}/layer/layers`) ? `${path}/layer/layers` : `${path}/layers`,
  );
  return groups.flatMap(({ path, layer }) => {
    if (layer === undefined || layer.weights.length === 0) return [];
    const at = { ...place, member: `${place.member}:${path}` };
    const bare = atEachStep.test(path) && layer.className === 'TimeDistributed';
    const slots = weightSlots(layer.className, layer.config, layer.weights).map(({ path: own, weights }) => {
      const inside = bare ? own.replace(/^layer\/?/, '') : own;
      return { weights, vars: inside === '' ? `/${path}/vars` : `/${path}/${inside}/vars` };
    });
    const count = slots.reduce((sum, { vars }) => sum + (h5.isGroup(vars) ? h5.keys(vars).length : 0), 0);
    if (count !== layer.weights.length)
      throw refusal('damaged-file', at, `Layer ${layer.layer} should have ${layer.weights.length} weights, ${count} are there.`);
    return slots.flatMap(({ vars, weights }) =>
      weights.map((weight, index) => weightTensor(layer, weight, h5.tensor(`${vars}/${index}`), { file: place.file }, nameOf(layer.path))),
    );
  });
}

/** Each `vars` group says its layer's name; where it does, that is surer than counting classes. */
function layerNames(h5: Hdf5): (container: string, name: string, counted: string) => string {
  const known = new Map<string, Map<string, string>>();
  return (container, name, counted) => {
    let names = known.get(container);
    if (names === undefined) {
      names = new Map(h5.keys(`/${container}`).map((key) => [h5.text(`/${container}/${key}/vars`, 'name') ?? '', key]));
      known.set(container, names);
    }
    return names.get(name) ?? counted;
  };
}
