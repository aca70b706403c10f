// A GRU that resets after its matrix product, as cuDNN's, Keras's and PyTorch's do, and masks in both directions: tfjs-layers has neither.
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-node';
import type { Tensorflow } from '../runtime/load-tensorflow.ts';
import { baseOf, onlyShape, register } from './own-layer.ts';
import type { CallArguments, LayerConfig, LayerWeight, Shape, TensorLike } from './own-layer.ts';

interface CellBase {
  readonly units: number;
  readonly useBias: boolean;
  readonly dropout: number;
  readonly recurrentDropout: number;
  dropoutMask: Tensor | null;
  recurrentDropoutMask: Tensor | null;
  readonly activation: { apply(x: Tensor): Tensor };
  readonly recurrentActivation: { apply(x: Tensor): Tensor };
  readonly biasInitializer: unknown;
  readonly biasRegularizer: unknown;
  readonly biasConstraint: unknown;
  readonly kernelInitializer: unknown;
  readonly kernelRegularizer: unknown;
  readonly kernelConstraint: unknown;
  readonly recurrentInitializer: unknown;
  readonly recurrentRegularizer: unknown;
  readonly recurrentConstraint: unknown;
  kernel: LayerWeight;
  recurrentKernel: LayerWeight;
  bias: LayerWeight | null;
  built: boolean;
  addWeight(...given: readonly unknown[]): LayerWeight;
  getConfig(): LayerConfig;
}
interface BothBase {
  call(inputs: TensorLike, given: CallArguments): TensorLike;
}
interface GruBase {
  cell: unknown;
  getConfig(): LayerConfig;
}

export function registerOwnRecurrent(tf: Tensorflow): void {
  const Cell = baseOf<CellBase>(tf.layers.gruCell({ units: 1 }));
  const Base = baseOf<GruBase>(tf.layers.gru({ units: 1 }));
  const Both = baseOf<BothBase>(tf.layers.bidirectional({ layer: tf.layers.gru({ units: 1 }) as never, mergeMode: 'concat' }));

  /**
   * z = σ(x Wz + bz + h Uz + cz), r likewise, h̃ = tanh(x Wh + bh + r ∘ (h Uh + ch)), h′ = z ∘ h + (1 − z) ∘ h̃ (Cho et al. 2014); the bias
   * is [2, 3 · units], b above c.
   */
  class ResetAfterCell extends Cell {
    static readonly className = 'ResetAfterGRUCell';
    build(shape: Shape | Shape[]): void {
      const inputs = onlyShape(shape).at(-1) ?? 0;
      const width = 3 * this.units;
      const weight = (name: string, size: number[], kind: 'kernel' | 'recurrent' | 'bias'): LayerWeight =>
        this.addWeight(name, size, null, this[`${kind}Initializer`], this[`${kind}Regularizer`], true, this[`${kind}Constraint`]);
      this.kernel = weight('kernel', [inputs, width], 'kernel');
      this.recurrentKernel = weight('recurrent_kernel', [this.units, width], 'recurrent');
      this.bias = this.useBias ? weight('bias', [2, width], 'bias') : null;
      this.built = true;
    }
    call([given, before]: Tensor2D[], { training }: CallArguments): Tensor[] {
      return tf.tidy(() => {
        const dropped = (x: Tensor2D, rate: number, mask: 'dropoutMask' | 'recurrentDropoutMask'): Tensor2D => {
          if (training !== true || rate <= 0) return x;
          this[mask] ??= tf.keep(tf.dropout(tf.onesLike(x), rate));
          return tf.mul(x, this[mask]);
        };
        const [x, state] = [dropped(given!, this.dropout, 'dropoutMask'), dropped(before!, this.recurrentDropout, 'recurrentDropoutMask')];
        const [inputBias, stateBias] = this.bias === null ? [] : tf.split(this.bias.read(), 2, 0);
        const plus = (product: Tensor, bias: Tensor | undefined): Tensor => (bias === undefined ? product : tf.add(product, bias));
        const [xz, xr, xh] = tf.split(plus(tf.matMul(x, this.kernel.read() as Tensor2D), inputBias), 3, 1);
        const [hz, hr, hh] = tf.split(plus(tf.matMul(state, this.recurrentKernel.read() as Tensor2D), stateBias), 3, 1);
        const update = this.recurrentActivation.apply(tf.add(xz!, hz!));
        const reset = this.recurrentActivation.apply(tf.add(xr!, hr!));
        const candidate = this.activation.apply(tf.add(xh!, tf.mul(reset, hh!)));
        const next = tf.add(tf.mul(update, before!), tf.mul(tf.sub(1, update), candidate));
        return [next, next];
      });
    }
  }
  const Ours = ResetAfterCell;

  class GRU extends Base {
    static readonly className = 'GRU';
    readonly resetAfter: boolean;
    constructor(config: LayerConfig) {
      super({ ...config, resetAfter: false });
      this.resetAfter = config['resetAfter'] === true;
      if (this.resetAfter) this.cell = new Ours({ ...config, resetAfter: false });
    }
    override getConfig(): LayerConfig {
      return { ...super.getConfig(), resetAfter: this.resetAfter };
    }
  }
  register(tf, GRU);

  /** tfjs's answers a masked step with the answer before it, Keras's with zeros. */
  class Bidirectional extends Both {
    static readonly className = 'Bidirectional';
    override call(inputs: TensorLike, given: CallArguments): TensorLike {
      const answers = super.call(inputs, given);
      const mask = Array.isArray(given.mask) ? given.mask[0] : given.mask;
      if (mask === null || mask === undefined || Array.isArray(answers) || answers.rank < 3) return answers;
      return tf.tidy(() => tf.mul(answers, tf.expandDims(tf.cast(mask, 'float32'), -1)));
    }
  }
  register(tf, Bidirectional);
}
