// What a network's own regularizers add to the loss: L1 and L2 of weights, by tfjs with a slope of 0 at 0, and of outputs, which tfjs has not.
import type { LayersModel, Tensor } from '@tensorflow/tfjs-node';
import type { Json, JsonObject, LayerConfig, Topology } from '#network/model-artifact.ts';
import type { Tensorflow } from '../runtime/load-tensorflow.ts';

/** |x|, whose gradient is sign(x) as Keras has it; tfjs's own is −1 at 0, which would pull at weights that are zero. */
export function absolute(tf: Tensorflow, x: Tensor): Tensor {
  const abs = tf.customGrad((...given) => {
    const [value, save] = given as [Tensor, (kept: Tensor[]) => void];
    save([value]);
    return { value: tf.abs(value), gradFunc: (upstream: Tensor, [kept]: Tensor[]) => tf.mul(upstream, tf.sign(kept!)) };
  });
  return abs(x);
}

interface Strength {
  readonly l1: number;
  readonly l2: number;
}

/** l1 · Σ|x| + l2 · Σx². Worked example: x = (1, −2), l1 = 0.1, l2 = 0.01: 0.3 + 0.05. */
function penaltyOf(tf: Tensorflow, x: Tensor, { l1, l2 }: Strength): Tensor {
  const terms = [...(l1 === 0 ? [] : [tf.mul(tf.sum(absolute(tf, x)), l1)]), ...(l2 === 0 ? [] : [tf.mul(tf.sum(tf.square(x)), l2)])];
  return terms.length === 0 ? tf.scalar(0) : tf.addN(terms);
}

/** Registers the regularizer in tfjs's place, once a process (the caller sees to that). */
export function registerRegularizers(tf: Tensorflow): void {
  const Base = tf.regularizers.l1l2({ l1: 0, l2: 0 }).constructor as unknown as new (config: Strength) => Strength;
  class L1L2 extends Base {
    static readonly className = 'L1L2';
    apply(x: Tensor): Tensor {
      return tf.tidy(() => penaltyOf(tf, x, { l1: Number(this.l1), l2: Number(this.l2) }));
    }
  }
  tf.serialization.registerClass(L1L2 as unknown as Parameters<typeof tf.serialization.registerClass>[0]);
}

/** A tfjs layer with what it is made of: a model's layers, a recurrent layer's cell, what a wrapper is around. */
interface Regularized {
  readonly _losses?: readonly (() => Tensor)[];
  readonly layers?: readonly Regularized[];
  readonly cell?: Regularized;
  readonly layer?: Regularized;
  readonly forwardLayer?: Regularized;
  readonly backwardLayer?: Regularized;
}

/**
 * What the weights of all layers add to the loss, each layer once. tfjs's own sum leaves out the cells of recurrent layers and what wrappers are around,
 * and counts a layer as often as it is called; Keras does neither.
 */
export function weightPenalties(model: LayersModel): Tensor[] {
  const seen = new Set<Regularized>();
  const penaltiesOf = (layer: Regularized): Tensor[] => {
    if (seen.has(layer)) return [];
    seen.add(layer);
    const { cell, layer: around, forwardLayer, backwardLayer, layers = [] } = layer;
    const parts = [...layers, cell, around, forwardLayer, backwardLayer].filter((part) => part !== undefined && part !== null);
    return [...(layer._losses ?? []).map((loss) => loss()), ...parts.flatMap(penaltiesOf)];
  };
  return penaltiesOf(model as unknown as Regularized);
}

/** Of one layer's outputs. `path`: the layer's name, after those of the models that it is nested in. */
export interface ActivityRegularizer extends Strength {
  readonly path: readonly string[];
  /** Taken off by the training view, and put on again before the outputs are judged. */
  readonly after: Json;
}

/** tfjs refuses to run a layer that regularizes its outputs, so that is taken out of the topology, and said beside it. */
export function withoutActivityRegularizers(topology: Topology): { topology: Topology; found: ActivityRegularizer[] } {
  const found: ActivityRegularizer[] = [];
  const strip = (layers: readonly LayerConfig[], path: readonly string[]): LayerConfig[] =>
    layers.map((layer) => {
      const { config } = layer;
      const here = [...path, String(config['name'])];
      const inner = config['layers'];
      if (Array.isArray(inner))
        return { ...layer, config: { ...config, layers: strip(inner as unknown as LayerConfig[], here) as unknown as Json } };
      const given = config['activity_regularizer'];
      if (!isObject(given) || !isObject(given['config'])) return layer;
      const { l1, l2 } = given['config'];
      found.push({ path: here, l1: Number(l1 ?? 0), l2: Number(l2 ?? 0), after: given['after'] ?? null });
      return { ...layer, config: { ...config, activity_regularizer: null } };
    });
  return { topology: { ...topology, config: { ...topology.config, layers: strip(topology.config.layers, []) } }, found };
}

/** The part of a tfjs layer that is wrapped. */
interface Callable {
  readonly name: string;
  readonly layers?: readonly Callable[];
  call(inputs: Tensor | Tensor[], kwargs: { training?: boolean }): Tensor | Tensor[];
}

/**
 * Makes layers add up the penalties of their outputs as they train. A sum over each sample's outputs, and a mean over the batch, as in Keras.
 * @returns takes the sum since it was last asked, kept from any `tf.tidy`; undefined where no layer regularizes its outputs
 */
export function watchActivity(tf: Tensorflow, model: LayersModel, found: readonly ActivityRegularizer[]): (() => Tensor[]) | undefined {
  if (found.length === 0) return undefined;
  const penalties: Tensor[] = [];
  for (const { path, after, ...strength } of found) {
    const layer = path.reduce<Callable | undefined>(
      (from, name) => from?.layers?.find((inner) => inner.name === name),
      model as unknown as Callable,
    );
    if (layer === undefined) continue;
    const call = layer.call.bind(layer);
    layer.call = (inputs, kwargs) => {
      const outputs = call(inputs, kwargs);
      if (kwargs.training === true) {
        for (const output of Array.isArray(outputs) ? outputs : [outputs])
          penalties.push(tf.keep(tf.tidy(() => tf.div(penaltyOf(tf, activated(tf, output, after), strength), output.shape[0]!))));
      }
      return outputs;
    };
  }
  return () => penalties.splice(0);
}

function activated(tf: Tensorflow, output: Tensor, after: Json): Tensor {
  return after === 'softmax' ? tf.softmax(output) : after === 'sigmoid' ? tf.sigmoid(output) : output;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
