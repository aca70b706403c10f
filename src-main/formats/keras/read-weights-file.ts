// Reads a file of weights alone (Keras 3's .weights.h5, or the .h5 of Keras 2's save_weights) onto a network that is known.
import type { ModelArtifact, NamedTensor } from '#network/model-artifact.ts';
import { withoutTraining } from '#network/training-state.ts';
import { withHdf5, type Hdf5 } from '../containers/hdf5.ts';
import { namesIn } from '../h5/read-h5.ts';
import { refusal, type Place } from '../refusal.ts';
import { readLayerWeights } from './read-keras.ts';
import { leafLayers, weightTensor, type LayerWeights } from './weight-names.ts';

/**
 * Layers are found by their names where the file knows all of them, else by their order, as `model.load_weights` does.
 * @param file its name, for messages. @throws StudioError `not-a-model`, `damaged-file` where a weight is missing or of another shape, `unsafe-file`, `over-limit`
 */
export function readWeightsOnto(artifact: ModelArtifact, bytes: Uint8Array, file: string): Promise<ModelArtifact> {
  const place = { file };
  return withHdf5(bytes, place, (h5) => {
    const whole = h5.isGroup('/model_weights');
    const root = whole ? '/model_weights' : '';
    if (!whole && h5.isGroup('/layers'))
      return fitted(
        artifact,
        readLayerWeights(h5, artifact.topology, (path) => path.at(-1) ?? '', place),
        place,
      );
    const groups = h5.texts(whole ? root : '/', 'layer_names');
    if (groups === undefined) throw refusal('not-a-model', place, 'It is an HDF5 file without the weights of a Keras model.');
    return fitted(artifact, legacyWeights(h5, root, groups, artifact, place), place);
  });
}

function legacyWeights(h5: Hdf5, root: string, groups: readonly string[], { topology }: ModelArtifact, place: Place): NamedTensor[] {
  const outer = [...Map.groupBy(leafLayers(topology), ({ path }) => path[0]!)].filter(([, leaves]) =>
    leaves.some(({ weights }) => weights.length > 0),
  );
  const listed = groups
    .map((name) => [name, h5.texts(`${root}/${name}`, 'weight_names') ?? []] as const)
    .filter(([, names]) => names.length > 0);
  if (listed.length !== outer.length)
    throw refusal(
      'damaged-file',
      place,
      `It holds the weights of ${listed.length} layers, but the network has ${outer.length} with weights.`,
      'Give the network that these weights were saved from.',
    );
  const byName = new Map(listed);
  const named = outer.every(([name]) => byName.has(name));
  return outer.flatMap(([name, leaves], at) => {
    const [group, names] = named ? ([name, byName.get(name)!] as const) : listed[at]!;
    const find = namesIn(names, leaves);
    return leaves.flatMap((leaf) =>
      leaf.weights.map((weight) => tensorOf(h5, `${root}/${group}`, leaf, weight, find(leaf, weight), place)),
    );
  });
}

function tensorOf(h5: Hdf5, group: string, leaf: LayerWeights, weight: string, name: string | undefined, place: Place): NamedTensor {
  if (name === undefined)
    throw refusal('damaged-file', { ...place, member: `${leaf.layer}/${weight}` }, 'This weight is missing from the file.');
  return weightTensor(leaf, weight, h5.tensor(`${group}/${name}`), place);
}

/** The network with the file's numbers, in its own order. */
function fitted(artifact: ModelArtifact, weights: readonly NamedTensor[], place: Place): ModelArtifact {
  const found = new Map(weights.map((tensor) => [tensor.name, tensor]));
  return {
    ...withoutTraining(artifact),
    weights: artifact.weights.map((tensor) => {
      const other = found.get(tensor.name);
      if (other === undefined) throw refusal('damaged-file', { ...place, member: tensor.name }, 'This weight is missing from the file.');
      if (String(other.shape) !== String(tensor.shape))
        throw refusal(
          'damaged-file',
          { ...place, member: tensor.name },
          `Its shape is (${other.shape.join(', ')}) where the network has (${tensor.shape.join(', ')}).`,
          'Give the network that these weights were saved from.',
        );
      return other;
    }),
  };
}
