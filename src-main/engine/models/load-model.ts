// A model artifact as a tf.LayersModel, and its weights back again. No file is touched: tfjs's own file handlers follow paths out of
// their folder.
import type { LayersModel, Tensor, Variable } from '@tensorflow/tfjs-node';
import { StudioError } from '#contract/errors.ts';
import type { Json, LayerConfig, ModelArtifact, NamedTensor, Topology } from '#network/model-artifact.ts';
import type { Tensorflow } from '../runtime/load-tensorflow.ts';
import { constraintOf, type Constraint } from './constraints.ts';
import { registerOwnLayers } from './own-layers.ts';
import { watchActivity, withoutActivityRegularizers } from './penalties.ts';
import { registerRandomLayers, seedRecurrentDropout } from './random-layers.ts';

export interface ModelWeight {
  readonly name: string;
  readonly variable: Variable;
  /** False for batch-norm statistics and frozen layers. */
  readonly trainable: boolean;
  /** What its layer asks of it after every step. */
  readonly constraint?: Constraint;
}

export interface LoadedModel {
  readonly model: LayersModel;
  /** In the artifact's order. */
  readonly weights: readonly ModelWeight[];
  /** Of the outputs of the pass in training that was last made, each once; absent where no layer regularizes its outputs. */
  readonly activityPenalties?: () => Tensor[];
  dispose(): void;
}

/**
 * @throws StudioError `unsupported` where tfjs-layers can't build the topology, `damaged-file` where weights are missing or of another
 * shape
 */
export async function loadModel(tf: Tensorflow, artifact: ModelArtifact): Promise<LoadedModel> {
  registerOwnLayers(tf);
  registerRandomLayers(tf);
  const { name } = artifact.topology.config;
  const { topology, found } = withoutActivityRegularizers(artifact.topology);
  const model = await build(tf, { ...artifact, topology });
  seedRecurrentDropout(tf, model as unknown as Parameters<typeof seedRecurrentDropout>[1]);
  const activityPenalties = watchActivity(tf, model, found);
  const trainable = new Set(model.trainableWeights.map((weight) => weight.originalName));
  const byName = new Map(model.weights.map((weight) => [weight.originalName, weight]));
  const missing = model.weights.find((weight) => !artifact.weights.some((tensor) => tensor.name === weight.originalName));
  if (missing !== undefined)
    throw new StudioError('damaged-file', `The model needs the weights "${missing.originalName}", but the file has none of that name.`, {
      where: name,
    });
  const weights = artifact.weights.map((tensor): ModelWeight => {
    const weight = byName.get(tensor.name);
    if (weight === undefined)
      throw new StudioError('damaged-file', `The file has weights "${tensor.name}" that no layer uses.`, { where: name });
    const variable: Tensor = weight.read();
    if (!(variable instanceof tf.Variable)) throw new Error(`${tensor.name} is no variable`);
    if (variable.shape.join() !== tensor.shape.join()) {
      throw new StudioError(
        'damaged-file',
        `The weights "${tensor.name}" have the shape [${tensor.shape.join(', ')}], but the layer needs [${variable.shape.join(', ')}].`,
        { where: name },
      );
    }
    assign(tf, variable, tensor);
    const constraint = constraintOf(weight.constraint);
    return { name: tensor.name, variable, trainable: trainable.has(tensor.name), ...(constraint === undefined ? {} : { constraint }) };
  });
  return {
    model,
    weights,
    ...(activityPenalties === undefined ? {} : { activityPenalties }),
    dispose: () => {
      model.dispose();
    },
  };
}

async function build(tf: Tensorflow, artifact: ModelArtifact): Promise<LayersModel> {
  try {
    // A deep copy: tfjs writes into what it is given.
    return await tf.models.modelFromJSON(
      structuredClone(withCheapInitializers(withDistinctInputs(artifact.topology))) as Parameters<Tensorflow['models']['modelFromJSON']>[0],
    );
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n')[0]!.slice(0, 300) : String(cause);
    throw new StudioError('unsupported', `TensorFlow can't build this network: ${reason}`, { where: artifact.topology.config.name, cause });
  }
}

/**
 * tfjs counts a tensor that a layer takes twice as taken once, and throws it away too early: the second time it goes through an activation that does
 * nothing. `same_inputs` of such a layer says for each of its inputs which one it was first.
 */
function withDistinctInputs<Model extends Topology | LayerConfig>(model: Model): Model {
  const { layers } = model.config;
  if (!Array.isArray(layers)) return model;
  const passed = (layers as readonly LayerConfig[]).flatMap((given) => {
    const layer = withDistinctInputs(given);
    const extra: LayerConfig[] = [];
    let same: Json[] = [];
    const nodes = (layer.inbound_nodes ?? []).map((node): Json => {
      const seen = new Map<string, number>();
      const references = Array.isArray(node) ? (node as readonly Json[]) : [];
      const sources = references.map((reference) => JSON.stringify(Array.isArray(reference) ? reference.slice(0, 3) : reference));
      same = sources.map((source) => sources.indexOf(source));
      return references.map((reference, at): Json => {
        const source = sources[at]!;
        if (!seen.has(source)) return (seen.set(source, at), reference);
        const name = `${String(layer.config['name'])}_again_${extra.length + 1}`;
        extra.push({ class_name: 'Activation', name, config: { name, activation: 'linear' }, inbound_nodes: [[reference]] });
        return [name, 0, 0, {}];
      });
    });
    return extra.length === 0 ? [layer] : [...extra, { ...layer, config: { ...layer.config, same_inputs: same }, inbound_nodes: nodes }];
  });
  return { ...model, config: { ...model.config, layers: passed } };
}

/** All weights come from the artifact, so nothing is drawn only to be overwritten: orthogonal initialisers take minutes on wide layers. */
function withCheapInitializers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withCheapInitializers);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key.endsWith('_initializer') && inner !== null ? { class_name: 'Zeros', config: {} } : withCheapInitializers(inner),
    ]),
  );
}

/** Puts a tensor's values into a variable; the bits are kept. */
export function assign(tf: Tensorflow, variable: Variable, { data, shape }: NamedTensor): void {
  const values = tf.tensor(data instanceof Uint8Array ? Int32Array.from(data) : data, [...shape], variable.dtype);
  variable.assign(values);
  values.dispose();
}

/** The weights as they are now, in the artifact's order. */
export function captureWeights(weights: readonly ModelWeight[]): NamedTensor[] {
  return weights.map(({ name, variable }) => captureTensor(name, variable));
}

export function captureTensor(name: string, tensor: Tensor): NamedTensor {
  const data = tensor.dataSync();
  if (data instanceof Int32Array) return { name, dtype: 'int32', shape: [...tensor.shape], data };
  if (data instanceof Float32Array) return { name, dtype: 'float32', shape: [...tensor.shape], data };
  throw new Error(`${name} is neither float32 nor int32`);
}
