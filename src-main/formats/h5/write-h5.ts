// Writes a whole-model .h5 file in the layout that Keras 2 made and Keras 3 still opens; the same model gives the same bytes.
import h5wasm, { Group } from 'h5wasm';
import type { StagedArtifact } from '#contract/engine-messages.ts';
import type { ModelArtifact, NamedTensor } from '#network/model-artifact.ts';
import { writeFileDurably } from '#main/files/durable-write.ts';
import { inKerasOrder } from '../keras/keras-order.ts';
import { ownOptimizer, writtenOptimizer, type WrittenOptimizer } from '../keras/optimizer-state.ts';
import { leafLayers, type LayerWeights } from '../keras/weight-names.ts';
import { refusal } from '../refusal.ts';
import { legacyConfig, withoutNestedCalls } from './legacy-config.ts';

/** The generation whose layout this is: readers go by it. */
const kerasVersion = '2.15.0';
/** HDF5 keeps an attribute in 64 KB at most; h5py spreads longer lists of names over `name0`, `name1`, … as this does. */
const namesAnAttribute = 2000;
let written = 0;

/**
 * Keras 2 and Keras 3 (`load_model`) answer as the model does.
 * @throws StudioError `unsupported` for what the two Kerases compute differently, `damaged-file` for a missing weight, `disk-full`,
 * `disk-error`.
 */
export async function writeH5(path: string, model: ModelArtifact): Promise<StagedArtifact> {
  return writeFileDurably(path, [await h5Bytes(model, path)]);
}

/** @param file its name, for messages. */
export async function h5Bytes(model: ModelArtifact, file: string): Promise<Uint8Array> {
  const topology = inKerasOrder(withoutNestedCalls(model.topology));
  const optimizer = writtenOptimizer(model, topology);
  const config = JSON.stringify(legacyConfig(topology, { file }));
  const module = await h5wasm.ready;
  module.activate_throwing_error_handler();
  const name = `/whole-model-${++written}.h5`;
  // HDF5 stamps each object with the time, which h5wasm takes from Date.now: held still, equal models give equal bytes.
  const now = Date.now;
  Date.now = () => 315_532_800_000;
  try {
    const h5 = new h5wasm.File(name, 'w');
    try {
      for (const [key, value] of Object.entries({
        keras_version: kerasVersion,
        backend: 'tensorflow',
        model_config: config,
        espalier: JSON.stringify(model.metadata),
        ...compiledWith(optimizer),
      })) {
        h5.create_attribute(key, value);
      }
      writeWeights(h5.create_group('model_weights'), { ...model, topology }, file);
      if (optimizer !== null) writeOptimizer(h5.create_group(ownOptimizer), optimizer);
    } finally {
      h5.close();
    }
    return module.FS.readFile(name, { encoding: 'binary' });
  } finally {
    Date.now = now;
    if (module.FS.analyzePath(name).exists) module.FS.unlink(name);
  }
}

/**
 * What both Kerases compile the network with. They begin with a fresh optimizer: Keras 3.15 can't train on with variables from such a file, as it
 * builds the optimizer for none of a Sequential's, and Keras 2 keeps other variables. Its first Adam and SGD know these settings and no more.
 */
function compiledWith(optimizer: WrittenOptimizer | null): { training_config?: string } {
  if (optimizer === null || optimizer.className === 'AdamW') return {};
  const { className, loss } = optimizer;
  const known = ['name', 'learning_rate', 'momentum', 'nesterov', 'beta_1', 'beta_2', 'epsilon', 'amsgrad', 'rho', 'centered'];
  const config = Object.fromEntries(Object.entries(optimizer.config).filter(([key]) => known.includes(key)));
  const rest = { loss, metrics: ['accuracy'], weighted_metrics: null, loss_weights: null };
  return { training_config: JSON.stringify({ ...rest, optimizer_config: { class_name: className, config } }) };
}

/** In a group of our own, which no Keras looks into. */
function writeOptimizer(root: Group, { className, config, loss, variables }: WrittenOptimizer): void {
  root.create_attribute('config', JSON.stringify({ loss, optimizer_config: { class_name: className, config } }));
  nameList(
    root,
    'weight_names',
    variables.map(({ name }) => `${name}:0`),
  );
  for (const { name, shape, data } of variables) {
    const parts = `${name}:0`.split('/');
    const inner = parts.slice(0, -1).reduce(subgroup, root);
    inner.create_dataset({ name: parts.at(-1)!, data, shape: [...shape], dtype: data instanceof BigInt64Array ? '<q' : '<f' });
  }
}

/** One group a layer of the outermost model; a nested model's group holds the weights of all that is in it. */
function writeWeights(root: Group, { topology, weights }: ModelArtifact, file: string): void {
  const byName = new Map(weights.map((tensor) => [tensor.name, tensor]));
  const byOuter = Map.groupBy(leafLayers(topology), ({ path }) => path[0] ?? '');
  root.create_attribute('backend', 'tensorflow');
  root.create_attribute('keras_version', kerasVersion);
  nameList(root, 'layer_names', [...byOuter.keys()]);
  for (const [outer, leaves] of byOuter) {
    const group = root.create_group(outer);
    const tensors = inLegacyOrder(leaves).map((name): NamedTensor => {
      const tensor = byName.get(name);
      if (tensor === undefined || tensor.data.length === 0)
        throw refusal('damaged-file', { file, member: name }, 'This weight of the model is missing.');
      return tensor;
    });
    nameList(
      group,
      'weight_names',
      tensors.map((tensor) => `${tensor.name}:0`),
    );
    for (const { name, shape, data } of tensors) {
      const parts = `${name}:0`.split('/');
      const inner = parts.slice(0, -1).reduce(subgroup, group);
      inner.create_dataset({ name: parts.at(-1)!, data: Float32Array.from(data), shape: [...shape], dtype: '<f' });
    }
  }
}

/**
 * Keras finds the weights of a layer by their place: first all that train, then all that don't. A nested model of
 * Dense, BatchNormalization, Dense has the moving statistics last, behind the second kernel.
 */
function inLegacyOrder(leaves: readonly LayerWeights[]): string[] {
  const all = leaves.flatMap(({ layer, weights, config }) =>
    weights.map((weight) => ({ name: `${layer}/${weight}`, trains: config.trainable !== false && !weight.startsWith('moving_') })),
  );
  return [...all.filter(({ trains }) => trains), ...all.filter(({ trains }) => !trains)].map(({ name }) => name);
}

function subgroup(group: Group, name: string): Group {
  const there = group.keys().includes(name) ? group.get(name) : undefined;
  return there instanceof Group ? there : group.create_group(name);
}

/** An empty list has to be numbers here: h5wasm writes no empty list of strings, and Keras takes either. */
function nameList(group: Group, attribute: string, names: readonly string[]): void {
  if (names.length === 0) group.create_attribute(attribute, new Float64Array(0), [0]);
  else if (names.length <= namesAnAttribute) group.create_attribute(attribute, [...names]);
  else {
    for (let part = 0; part * namesAnAttribute < names.length; part++) {
      group.create_attribute(`${attribute}${part}`, names.slice(part * namesAnAttribute, (part + 1) * namesAnAttribute));
    }
  }
}
