// What can be said more simply once weights and shapes are known: Normalization is a Rescaling, CenterCrop a Cropping2D, an open size a number.
import { stretchedFrom } from '../broadcasting.ts';
import { layersOf, readGraph } from '#network/graph.ts';
import type { JsonObject, LayerConfig, ModelArtifact } from '#network/model-artifact.ts';
import { inferShapes } from '#network/tensor-shapes.ts';
import { isList } from '../containers/json.ts';
import { refusal, type Place } from '../refusal.ts';
import { channelsLast } from './channels-last.ts';
import { expanded, type Expansion } from './expand-layers.ts';
import { modelClasses } from './layer-table.ts';
import { withPlainDenses } from './plain-dense.ts';

/** Keras's floor of a standard deviation. */
const epsilon = 1e-7;
/** How many numbers a Rescaling may have. */
const mostNumbers = 65_536;

/** @throws StudioError `unsupported` for a Normalization of every entry by itself, or a CenterCrop that would have to enlarge. */
export function settled(given: ModelArtifact, place: Place): ModelArtifact {
  refuseOtherMasks(given, place);
  const artifact = withPlainDenses({ ...given, topology: expanded(given.topology, channelsLast) }, place);
  const sized = namesOf(artifact, 'Reshape').length === 0 ? artifact : settleClass(artifact, 'Reshape', withSizes(artifact));
  const grouped = settleClass(sized, 'GroupNormalization', withGroups(sized));
  const cropped = settleClass(grouped, 'CenterCrop', (layer) => asCropping(layer, artifact, place));
  const names = namesOf(cropped, 'Normalization');
  if (names.length === 0) return cropped;
  const folded = { ...cropped, topology: expanded(cropped.topology, asRescaling(cropped, place)) };
  const gone = new Set(names.flatMap((name) => ['mean', 'variance', 'count'].map((part) => `${name}/${part}`)));
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

/**
 * (x − mean) / max(√variance, ε) as x · scale + offset, a number a channel; other axes than the last are laid out as such for the while. Inverted,
 * it is x · max(√variance, ε) + mean.
 */
function asRescaling({ topology, weights }: ModelArtifact, place: Place): (layer: LayerConfig) => Expansion | undefined {
  const { graph, shapes } = inferShapes(readGraph(topology));
  return ({ class_name: className, config }) => {
    if (className !== 'Normalization') return undefined;
    const name = String(config['name']);
    const refused = (why: string, whatToDo: string) => refusal('unsupported', { ...place, member: name }, why, whatToDo);
    const numbers = (part: 'mean' | 'variance'): number[] => {
      const stated = config[part] ?? null;
      if (stated === null) return Array.from(weights.find((tensor) => tensor.name === `${name}/${part}`)?.data ?? []);
      return isList(stated) ? stated.flat(8).map(Number) : [Number(stated)];
    };
    const [mean, variance] = [numbers('mean'), numbers('variance')];
    if (mean.length === 0 || mean.length !== variance.length)
      throw refused('It does not say what it normalises by.', 'Adapt it to data, and save the model again.');
    const deviation = variance.map((each) => Math.max(Math.sqrt(each), epsilon));
    const inverted = config['invert'] === true;
    const scale = deviation.map((each) => (inverted ? each : 1 / each));
    const offset = mean.map((each, at) => (inverted ? each : 0 - each / deviation[at]!));
    const shared = Object.fromEntries(['trainable', 'dtype'].flatMap((key) => (config[key] === undefined ? [] : [[key, config[key]]])));
    const rescaling = (factors: readonly number[], offsets: readonly number[]): Expansion['layer'] => {
      const one = factors.length === 1;
      return { className: 'Rescaling', config: { ...shared, scale: one ? factors[0]! : factors, offset: one ? offsets[0]! : offsets } };
    };
    if (mean.length === 1) return { before: [], layer: rescaling(scale, offset), after: [] };
    const node = graph.nodes.find(({ layer }) => layer === name);
    const shape = (node === undefined ? undefined : shapes.get(node.id)?.inputs[0]) ?? null;
    const rank = shape?.length ?? (isList(config['batch_input_shape']) ? config['batch_input_shape'].length : 0);
    const given = isList(config['axis']) ? config['axis'] : [config['axis'] ?? -1];
    const axes = given.map((axis) => (Number(axis) < 0 ? Number(axis) + rank : Number(axis))).toSorted((a, b) => a - b);
    if (given.length === 1 && (given[0] === -1 || axes[0] === rank - 1)) return { before: [], layer: rescaling(scale, offset), after: [] };
    const sizes = shape?.slice(1) ?? [];
    const known = sizes.filter((size) => size !== null);
    const kept = sizes.map((size, at) => (axes.includes(at + 1) ? (size ?? 0) : 1));
    const count = known.reduce((all, size) => all * size, 1);
    if (known.length < sizes.length || kept.reduce((all, size) => all * size, 1) !== mean.length || count > mostNumbers)
      throw refused('It normalises entries of a shape that is not known, or more than 65,536 of them.', 'Use Normalization(axis=-1).');
    const source = stretchedFrom(kept, known);
    const spread = (values: readonly number[]): number[] => Array.from({ length: count }, (_, entry) => values[source(entry)]!);
    return {
      before: [{ className: 'Reshape', config: { target_shape: [count] } }],
      layer: rescaling(spread(scale), spread(offset)),
      after: [{ className: 'Reshape', config: { target_shape: known } }],
    };
  };
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
