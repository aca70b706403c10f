// Differences, and attention, which tfjs-layers lacks.
import type { Tensor, Tensor3D } from '@tensorflow/tfjs-node';
import type { Tensorflow } from '../runtime/load-tensorflow.ts';
import { register, rulesOf, type CallArguments, type LayerConfig, type LayerWeight, type Shape, type TensorLike } from './own-layer.ts';

/** So small that its exponential is 0, and that other scores vanish beside it. */
const nothing = -1e9;

export function registerOwnMerges(tf: Tensorflow): void {
  /** Scores (…, steps, others) with those left out that a mask (N, others) leaves out. */
  const among = (scores: Tensor, mask: Tensor | null | undefined, axis: -1 | -2): Tensor => {
    if (mask === null || mask === undefined) return scores;
    const [batch = 1, steps = 1] = mask.shape;
    const spread = scores.shape.map((_, at) => (at === 0 ? batch : at === scores.rank + axis ? steps : 1));
    return tf.where(tf.broadcastTo(tf.cast(tf.reshape(mask, spread), 'bool'), scores.shape), scores, tf.fill(scores.shape, nothing));
  };
  /** Steps that do not count answer with zeros. */
  const counted = (answers: Tensor, mask: Tensor | null | undefined): Tensor =>
    mask === null || mask === undefined ? answers : tf.mul(answers, tf.expandDims(tf.cast(mask, 'float32'), -1));
  /** The mask of the queries goes on. */
  const queriesMask = (mask: TensorLike | null | undefined): Tensor => (Array.isArray(mask) ? (mask[0] ?? null) : (mask ?? null)) as Tensor;

  abstract class SeveralInputs extends tf.layers.Layer {
    readonly given: LayerConfig;
    constructor(config: LayerConfig) {
      super(config);
      this.given = config;
    }
    number(key: string, otherwise: number): number {
      const value = this.given[key];
      return typeof value === 'number' ? value : otherwise;
    }
    /** `masks`: which steps of each input count, (N, steps), where a layer before says so. */
    abstract join(inputs: Tensor[], masks: readonly (Tensor | null | undefined)[]): Tensor;
    override call(inputs: TensorLike, { mask }: CallArguments = {}): Tensor {
      // tfjs hands on the first input's mask alone; it is that of all that are the same tensor, and others have none (`refuseOtherMasks`).
      const first = Array.isArray(mask) ? mask[0] : mask;
      const same = this.given['sameInputs'];
      const masks = Array.isArray(same) ? same.map((source) => (source === 0 ? first : null)) : [first];
      return tf.tidy(() => this.join(Array.isArray(inputs) ? inputs : [inputs], masks));
    }
    override getConfig() {
      return { ...super.getConfig(), ...this.given } as ReturnType<InstanceType<typeof tf.layers.Layer>['getConfig']>;
    }
  }

  class Subtract extends SeveralInputs {
    static readonly className = 'Subtract';
    override computeOutputShape(shapes: Shape[]): Shape {
      const [one = [], other = []] = shapes;
      const longer = one.length >= other.length ? one : other;
      return longer.map((size, axis) => (size === 1 ? (other[axis] ?? 1) : size));
    }
    override join([one, other]: Tensor[]): Tensor {
      return tf.sub(one!, other!);
    }
  }

  /** softmax(q kᵀ) v, or by the sum of tanh(q + k) (Luong et al. 2015, Bahdanau et al. 2015); inputs query, value and, if given, key. */
  class Attention extends SeveralInputs {
    static readonly className: string = 'Attention';
    scale?: LayerWeight;
    constructor(config: LayerConfig) {
      super(config);
      this.supportsMasking = true;
    }
    override computeMask(_inputs: TensorLike, mask?: TensorLike): Tensor {
      return queriesMask(mask);
    }
    scaleShape(): number[] {
      return [];
    }
    scaled(): boolean {
      return this.given['useScale'] === true;
    }
    override build(shapes: Shape | Shape[]): void {
      if (this.scaled())
        this.scale = this.addWeight('scale', this.scaleShape(), 'float32', tf.initializers.ones()) as unknown as LayerWeight;
      void shapes;
      this.built = true;
    }
    override computeOutputShape(shapes: Shape[]): Shape {
      const [query = [], value = []] = shapes;
      return [...query.slice(0, -1), value.at(-1) ?? null];
    }
    score(query: Tensor, key: Tensor): Tensor {
      const product = tf.matMul(query, key, false, true);
      return this.scale === undefined ? product : tf.mul(product, this.scale.read());
    }
    override join([query, value, key]: Tensor[], [queries, values]: readonly (Tensor | null | undefined)[]): Tensor {
      const scores = among(this.score(query!, key ?? value!), values, -1);
      return counted(tf.matMul(tf.softmax(scores), value!), queries);
    }
  }
  class AdditiveAttention extends Attention {
    static override readonly className = 'AdditiveAttention';
    #width = 1;
    override scaled(): boolean {
      return this.given['useScale'] !== false;
    }
    override scaleShape(): number[] {
      return [this.#width];
    }
    override build(shapes: Shape | Shape[]): void {
      this.#width = Number((shapes as Shape[])[0]?.at(-1) ?? 1);
      super.build(shapes);
    }
    override score(query: Tensor, key: Tensor): Tensor {
      const sums = tf.tanh(tf.add(tf.expandDims(query, 2), tf.expandDims(key, 1)));
      return tf.sum(this.scale === undefined ? sums : tf.mul(sums, this.scale.read()), -1);
    }
  }

  /** Attention in several heads (Vaswani et al. 2017) over (N, steps, entries); inputs query, value and, if given, key. */
  class MultiHeadAttention extends SeveralInputs {
    static readonly className = 'MultiHeadAttention';
    readonly weightsByName = new Map<string, LayerWeight>();
    constructor(config: LayerConfig) {
      super(config);
      this.supportsMasking = true;
    }
    override computeMask(_inputs: TensorLike, mask?: TensorLike): Tensor {
      return queriesMask(mask);
    }
    override build(given: Shape | Shape[]): void {
      const shapes = given as Shape[];
      const [query, value = query, key = value] = shapes.map((shape) => Number(shape.at(-1)));
      const [heads, keyDim] = [this.number('numHeads', 1), this.number('keyDim', 1)];
      const valueDim = this.number('valueDim', keyDim);
      const add = (name: string, kernel: number[], bias: number[]): void => {
        const made = (part: string, shape: number[]): void => {
          const weight = this.addWeight(`${name}/${part}`, shape, 'float32', tf.initializers.zeros(), ...rulesOf(tf, this.given, part));
          this.weightsByName.set(`${name}/${part}`, weight as unknown as LayerWeight);
        };
        made('kernel', kernel);
        if (this.given['useBias'] !== false) made('bias', bias);
      };
      add('query', [query!, heads, keyDim], [heads, keyDim]);
      add('key', [key!, heads, keyDim], [heads, keyDim]);
      add('value', [value!, heads, valueDim], [heads, valueDim]);
      add('attention_output', [heads, valueDim, this.outputs(shapes)], [this.outputs(shapes)]);
      this.built = true;
    }
    outputs(shapes: Shape[]): number {
      const stated = this.given['outputShape'];
      const only = Array.isArray(stated) ? (stated[0] as unknown) : stated;
      return typeof only === 'number' ? only : Number(shapes[0]!.at(-1));
    }
    override computeOutputShape(shapes: Shape[]): Shape {
      return [...shapes[0]!.slice(0, -1), this.outputs(shapes)];
    }
    /** (N, steps, entries) to (N, heads, steps, width). */
    projected(name: string, x: Tensor): Tensor {
      const kernel = this.weightsByName.get(`${name}/kernel`)!.read();
      const [entries = 1, heads = 1, width = 1] = kernel.shape;
      const [batch = 1, steps = 1] = x.shape;
      const flat = tf.matMul(tf.reshape(x, [batch * steps, entries]), tf.reshape(kernel, [entries, heads * width]));
      const split = tf.reshape(flat, [batch, steps, heads, width]);
      const bias = this.weightsByName.get(`${name}/bias`);
      return tf.transpose(bias === undefined ? split : tf.add(split, bias.read()), [0, 2, 1, 3]);
    }
    override join([query, value, key]: Tensor[], [queries, values, keys]: readonly (Tensor | null | undefined)[]): Tensor {
      const [q, k, v] = [this.projected('query', query!), this.projected('key', key ?? value!), this.projected('value', value!)];
      const scores = tf.matMul(tf.mul(q, 1 / Math.sqrt(this.number('keyDim', 1))), k, false, true);
      const mixed = tf.transpose(
        tf.matMul(tf.softmax(among(among(among(this.shown(scores), keys, -1), values, -1), queries, -2)), v),
        [0, 2, 1, 3],
      );
      const kernel = this.weightsByName.get('attention_output/kernel')!.read();
      const [heads = 1, width = 1, outputs = 1] = kernel.shape;
      const [batch = 1, steps = 1] = mixed.shape;
      const joined = tf.matMul(tf.reshape(mixed, [batch * steps, heads * width]), tf.reshape(kernel, [heads * width, outputs]));
      const result: Tensor3D = tf.reshape(joined, [batch, steps, outputs]);
      const bias = this.weightsByName.get('attention_output/bias');
      return bias === undefined ? result : tf.add(result, bias.read());
    }
    /** A causal mask hides what comes later. */
    shown(scores: Tensor): Tensor {
      if (this.given['useCausalMask'] !== true) return scores;
      const [steps = 1, others = 1] = scores.shape.slice(-2);
      const hidden = Float32Array.from({ length: steps * others }, (_, at) => (at % others > Math.floor(at / others) ? -1e9 : 0));
      return tf.add(scores, tf.tensor4d(hidden, [1, 1, steps, others]));
    }
  }
  register(tf, Subtract);
  register(tf, Attention);
  register(tf, AdditiveAttention);
  register(tf, MultiHeadAttention);
}
