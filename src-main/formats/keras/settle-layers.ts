// What can be said more simply once weights and shapes are known: Normalization is a Rescaling, CenterCrop a Cropping2D, an open size a number.
import { layersOf, readGraph } from '#network/graph.ts';
import type { JsonObject, LayerConfig, ModelArtifact, NamedTensor } from '#network/model-artifact.ts';
import { inferShapes } from '#network/tensor-shapes.ts';
import { isList } from '../containers/json.ts';
import { refusal, type Place } from '../refusal.ts';
import { modelClasses } from './layer-table.ts';

/** Keras's floor of a standard deviation. */
const epsilon = 1e-7;

/** @throws StudioError `unsupported` for a Normalization of every entry by itself, or a CenterCrop that would have to enlarge. */
export function settled(artifact: ModelArtifact, place: Place): ModelArtifact {
  refuseOtherMasks(artifact, place);
  const sized = namesOf(artifact, 'Reshape').length === 0 ? artifact : settleClass(artifact, 'Reshape', withSizes(artifact));
  const grouped = settleClass(sized, 'GroupNormalization', withGroups(sized));
  const cropped = settleClass(grouped, 'CenterCrop', (layer) => asCropping(layer, artifact, place));
  const byName = new Map(cropped.weights.map((tensor) => [tensor.name, tensor]));
  const folded = settleClass(cropped, 'Normalization', (layer) => asRescaling(layer, byName, place));
  if (folded === cropped) return cropped;
  const gone = new Set(namesOf(cropped, 'Normalization').flatMap((name) => ['mean', 'variance', 'count'].map((part) => `${name}/${part}`)));
  return { ...folded, weights: folded.weights.filter(({ name }) => !gone.has(name)) };
}

/** Which steps count goes from an Embedding or a Masking through layers that keep the steps, to layers that ask. */
const endsMask = /Conv|Pool|Flatten|Reshape|Permute|Dot|UpSampling|Cropping|Padding|RepeatVector/;

/** @throws StudioError `unsupported` for an attention whose values have a mask other than its queries': TensorFlow.js hands on the first alone. */
function refuseOtherMasks({ topology }: ModelArtifact, place: Place): void {
  const masked = new Set<string>();
  for (const { id, layer, type, config, inputs } of readGraph(topology).nodes) {
    const others = inputs.filter(({ node }) => node !== inputs[0]?.node && masked.has(node));
    if (/Attention$/.test(type) && others.length > 0)
      throw refusal(
        'unsupported',
        { ...place, member: layer },
        'The steps that count (mask_zero or Masking) are others for its values than for its queries.',
        'Give it values without a mask.',
      );
    const begins = (type === 'Embedding' && config['mask_zero'] === true) || type === 'Masking';
    const ends = endsMask.test(type) || (/LSTM|GRU|RNN/.test(type) && config['return_sequences'] !== true);
    if (begins || (!ends && inputs.some(({ node }) => masked.has(node)))) masked.add(id);
  }
}

function settleClass(artifact: ModelArtifact, className: string, change: (layer: LayerConfig) => LayerConfig): ModelArtifact {
  if (namesOf(artifact, className).length === 0) return artifact;
  const visit = (layer: LayerConfig): LayerConfig => {
    if (layer.class_name === className) return { ...layer, ...change(layer) };
    if (!modelClasses.has(layer.class_name)) return layer;
    return {
      ...layer,
      config: { ...layer.config, layers: layersOf(layer.config).map((inner): JsonObject => ({ ...visit(inner) })) as JsonObject[] },
    };
  };
  const { topology } = artifact;
  return { ...artifact, topology: { ...topology, config: { ...topology.config, layers: topology.config.layers.map(visit) } } };
}

function namesOf({ topology }: ModelArtifact, className: string): string[] {
  const visit = (layers: readonly LayerConfig[]): string[] =>
    layers.flatMap((layer) =>
      layer.class_name === className
        ? [String(layer.config['name'])]
        : modelClasses.has(layer.class_name)
          ? visit(layersOf(layer.config))
          : [],
    );
  return visit(topology.config.layers);
}

/** (x − mean) / max(√variance, ε) as x · scale + offset, a number a channel. */
function asRescaling({ config }: LayerConfig, weights: ReadonlyMap<string, NamedTensor>, place: Place): LayerConfig {
  const name = String(config['name']);
  const numbers = (part: 'mean' | 'variance'): number[] => {
    const stated = config[part] ?? null;
    const flat =
      stated === null
        ? Array.from(weights.get(`${name}/${part}`)?.data ?? [])
        : isList(stated)
          ? stated.flat(8).map(Number)
          : [Number(stated)];
    return flat;
  };
  const axes = isList(config['axis']) ? config['axis'] : [config['axis'] ?? null];
  const [mean, variance] = [numbers('mean'), numbers('variance')];
  if (axes.length > 1 || mean.length === 0 || mean.length !== variance.length || (mean.length > 1 && axes[0] === null))
    throw refusal(
      'unsupported',
      { ...place, member: name },
      'It normalises every entry by itself, not every channel.',
      'Use Normalization(axis=-1).',
    );
  const scale = variance.map((each) => 1 / Math.max(Math.sqrt(each), epsilon));
  const offset = mean.map((each, at) => 0 - each * scale[at]!);
  const shared = Object.fromEntries(
    ['name', 'trainable', 'dtype', 'batch_input_shape'].flatMap((key) => (config[key] === undefined ? [] : [[key, config[key]]])),
  );
  const one = mean.length === 1;
  return { class_name: 'Rescaling', config: { ...shared, scale: one ? scale[0]! : scale, offset: one ? offset[0]! : offset } };
}

/** (7, 4) reshaped to (−1, 2) is (14, 2); a size that follows from a free one stays open. */
function withSizes({ topology }: ModelArtifact): (layer: LayerConfig) => LayerConfig {
  const { graph, shapes } = inferShapes(readGraph(topology));
  const outputs = new Map(graph.nodes.map(({ id, layer }) => [layer, shapes.get(id)?.outputs[0] ?? null]));
  return (layer) => {
    const known = outputs.get(String(layer.config['name']))?.slice(1);
    if (known === undefined || !known.every((size) => size !== null)) return layer;
    return { ...layer, config: { ...layer.config, target_shape: known } };
  };
}

/** −1 groups are as many as there are channels. */
function withGroups({ topology }: ModelArtifact): (layer: LayerConfig) => LayerConfig {
  const { graph, shapes } = inferShapes(readGraph(topology));
  const channels = new Map(graph.nodes.map(({ id, layer }) => [layer, shapes.get(id)?.inputs[0]?.at(-1) ?? null]));
  return (layer) => {
    const known = channels.get(String(layer.config['name']));
    return layer.config['groups'] !== -1 || typeof known !== 'number' ? layer : { ...layer, config: { ...layer.config, groups: known } };
  };
}

function asCropping({ config }: LayerConfig, artifact: ModelArtifact, place: Place): LayerConfig {
  const name = String(config['name']);
  const { graph, shapes } = inferShapes(readGraph(artifact.topology));
  const node = graph.nodes.find(({ layer }) => layer === name);
  const [, height, width] = (node === undefined ? undefined : shapes.get(node.id)?.inputs[0]) ?? [];
  const spare = [Number(height) - Number(config['height']), Number(width) - Number(config['width'])];
  if (spare.some((count) => !(count >= 0)))
    throw refusal(
      'unsupported',
      { ...place, member: name },
      'Its input is smaller than what it crops to, or of no fixed size.',
      'Use a Resizing.',
    );
  const cropping = spare.map((count) => [Math.floor(count / 2), count - Math.floor(count / 2)]);
  return { class_name: 'Cropping2D', config: { name, cropping, data_format: 'channels_last' } };
}
