// Reads a whole-model .h5 file of Keras 2 or Keras 3: model_config as an attribute, weights under model_weights/<layer>.
import type { JsonObject, ModelArtifact, NamedTensor, Topology } from '#network/model-artifact.ts';
import { withHdf5, type Hdf5 } from '../containers/hdf5.ts';
import { isObject, parseJson } from '../containers/json.ts';
import { ownOptimizer, readOptimizer, type ReadOptimizer } from '../keras/optimizer-state.ts';
import { readTopology } from '../keras/read-topology.ts';
import { withUniqueNames, type FinalNames } from '../keras/unique-names.ts';
import { settled } from '../keras/settle-layers.ts';
import { leafLayers, nameIndex, weightTensor, type LayerWeights } from '../keras/weight-names.ts';
import { refusal, type Place } from '../refusal.ts';

/** @param file its name, for messages. @throws StudioError `not-a-model`, `damaged-file`, `unsafe-file`, `over-limit`, `unsupported`. */
export function readH5(bytes: Uint8Array, file: string): Promise<ModelArtifact> {
  const place = { file };
  return withHdf5(bytes, place, (h5) => {
    const config = h5.text('/', 'model_config');
    if (config === undefined) {
      const weightsOnly = h5.isGroup('/layers') || h5.texts('/', 'layer_names') !== undefined;
      throw refusal(
        'not-a-model',
        place,
        weightsOnly ? 'It holds weights alone, without the model they belong to.' : 'It is an HDF5 file without a Keras model.',
        weightsOnly ? 'Save the whole model with model.save(…), or name the network before it: TOPOLOGY+WEIGHTS.' : undefined,
      );
    }
    const version = h5.text('/', 'keras_version') ?? '2';
    const keras = version.startsWith('3') ? 3 : 2;
    const at = { file, member: 'model_config' };
    const topology = readTopology(parseJson(config, at), keras, at);
    const final = withUniqueNames(topology);
    const weights = readWeights(h5, topology, final.nameOf, place);
    const training = readOptimizer(optimizerIn(h5, place), topology, final.nameOf);
    const metadata = { ...own(h5, place), kerasVersion: version.slice(0, 40) };
    const model = settled({ topology: final.topology, weights, metadata }, place);
    return training === undefined ? model : { ...model, training };
  });
}

/** What the network was compiled with, and its optimizer's variables in the order of their names: ours, or those that a Keras wrote. */
function optimizerIn(h5: Hdf5, place: Place): ReadOptimizer {
  const ours = h5.isGroup(`/${ownOptimizer}`);
  const group = ours ? `/${ownOptimizer}` : '/optimizer_weights';
  const text = ours ? h5.text(group, 'config') : h5.text('/', 'training_config');
  const config = text === undefined ? undefined : parseJson(text, { ...place, member: ours ? ownOptimizer : 'training_config' });
  return {
    optimizer: isObject(config) ? config.optimizer_config : undefined,
    loss: isObject(config) ? config.loss : undefined,
    variables: () => {
      const names = (h5.texts(group, 'weight_names') ?? []).map((name) => `${group}/${name}`);
      return names.every((name) => h5.isDataset(name)) ? names.map((name) => h5.tensor(name)) : [];
    },
  };
}

/** What Espalier noted when it wrote the file; nothing in files of others. */
function own(h5: Hdf5, place: Place): JsonObject {
  const text = h5.text('/', 'espalier');
  const noted = text === undefined ? undefined : parseJson(text, { ...place, member: 'espalier' });
  return noted !== undefined && isObject(noted) ? noted : {};
}

function readWeights(h5: Hdf5, topology: Topology, nameOf: FinalNames, place: Place): NamedTensor[] {
  const leaves = leafLayers(topology);
  const byGroup = Map.groupBy(leaves, ({ path }) => path[0]!);
  const places = new Map(
    [...byGroup].map(([outer, inside]) => [outer, namesIn(h5.texts(`/model_weights/${outer}`, 'weight_names') ?? [], inside)]),
  );
  return leaves.flatMap((leaf) =>
    leaf.weights.map((weight) => {
      const outer = leaf.path[0]!;
      const name = places.get(outer)?.(leaf, weight);
      if (name === undefined)
        throw refusal('damaged-file', { ...place, member: `${leaf.layer}/${weight}` }, 'This weight is missing from the file.');
      return weightTensor(leaf, weight, h5.tensor(`/model_weights/${outer}/${name}`), place, nameOf(leaf.path));
    }),
  );
}

/**
 * How a file names the weights of the layers of one group. Scopes around a layer differ from version to version (`lstm/lstm_cell/kernel`); where no name
 * fits, the place counts: Keras lists all weights that train, layer by layer, then all that don't.
 */
export function namesIn(
  names: readonly string[],
  leaves: readonly LayerWeights[],
): (leaf: LayerWeights, weight: string) => string | undefined {
  const find = nameIndex(names);
  const all = leaves.flatMap((leaf) => leaf.weights.map((weight) => ({ leaf, weight, trains: trains(leaf, weight) })));
  const ordered = [...all.filter((each) => each.trains), ...all.filter((each) => !each.trains)];
  const inPlace = new Map(
    names.length === ordered.length ? ordered.map(({ leaf, weight }, at) => [`${leaf.path.join('\n')}\n${weight}`, names[at]!]) : [],
  );
  return (leaf, weight) =>
    find(`${leaf.layer}/${weight}`) ??
    // A layer of its own is alone in its group, whatever scope its weights' names bear.
    (leaf.path.length === 1 ? find(weight) : undefined) ??
    find(`${leaf.layer}/${alias(leaf.className, weight)}`) ??
    inPlace.get(`${leaf.path.join('\n')}\n${weight}`);
}

function trains({ className, config }: LayerWeights, weight: string): boolean {
  return config.trainable !== false && className !== 'Normalization' && !weight.includes('moving_');
}

/** Keras 3 calls the depthwise kernel of a depthwise convolution plainly `kernel`. */
function alias(className: string, weight: string): string {
  return className.startsWith('DepthwiseConv') && weight === 'depthwise_kernel' ? 'kernel' : weight;
}
