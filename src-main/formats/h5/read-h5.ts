// Reads a whole-model .h5 file of Keras 2 or Keras 3: model_config as an attribute, weights under model_weights/<layer>.
import type { ModelArtifact, NamedTensor, Topology } from '#network/model-artifact.ts';
import { withHdf5, type Hdf5 } from '../containers/hdf5.ts';
import { parseJson } from '../containers/json.ts';
import { readTopology } from '../keras/read-topology.ts';
import { leafLayers, nameIndex, refuseSharedNames, weightTensor } from '../keras/weight-names.ts';
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
        weightsOnly ? 'Save the whole model with model.save(…), not model.save_weights(…).' : undefined,
      );
    }
    const version = h5.text('/', 'keras_version') ?? '2';
    const keras = version.startsWith('3') ? 3 : 2;
    const at = { file, member: 'model_config' };
    const topology = readTopology(parseJson(config, at), keras, at);
    refuseSharedNames(topology, place);
    return { topology, weights: readWeights(h5, topology, place), metadata: { kerasVersion: version.slice(0, 40) } };
  });
}

function readWeights(h5: Hdf5, topology: Topology, place: Place): NamedTensor[] {
  const indices = new Map<string, (wanted: string) => string | undefined>();
  return leafLayers(topology).flatMap((leaf) => {
    if (leaf.weights.length === 0) return [];
    const group = `/model_weights/${leaf.path[0]!}`;
    let find = indices.get(group);
    if (find === undefined) {
      find = nameIndex(h5.texts(group, 'weight_names') ?? []);
      indices.set(group, find);
    }
    return leaf.weights.map((weight) => {
      // A layer of its own is alone in its group, whatever scope its weights' names bear.
      const name =
        find(`${leaf.layer}/${weight}`) ??
        (leaf.path.length === 1 ? find(weight) : undefined) ??
        find(`${leaf.layer}/${alias(leaf.className, weight)}`);
      if (name === undefined)
        throw refusal('damaged-file', { ...place, member: `${leaf.layer}/${weight}` }, 'This weight is missing from the file.');
      return weightTensor(leaf, weight, h5.tensor(`${group}/${name}`), place);
    });
  });
}

/** Keras 3 calls the depthwise kernel of DepthwiseConv2D plainly `kernel`. */
function alias(className: string, weight: string): string {
  return className === 'DepthwiseConv2D' && weight === 'depthwise_kernel' ? 'kernel' : weight;
}
