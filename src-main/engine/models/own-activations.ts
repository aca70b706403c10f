// Activations that Keras has and tfjs-layers lacks, under the names that tfjs gives strings of a configuration: camel case.
import type { Tensor } from '@tensorflow/tfjs-node';
import type { Tensorflow } from '../runtime/load-tensorflow.ts';
import { only, register, type LayerConfig, type Shape, type TensorLike } from './own-layer.ts';

export function registerOwnActivations(tf: Tensorflow): void {
  const zeros = (x: Tensor): Tensor => tf.zerosLike(x);
  /** Keras 3's hard_sigmoid: relu6(x + 3) / 6. */
  const gate = (x: Tensor): Tensor => tf.div(tf.relu6(tf.add(x, 3)), 6);
  const functions: Readonly<Record<string, (x: Tensor) => Tensor>> = {
    hardSigmoidV3: gate,
    hardSilu: (x) => tf.mul(x, gate(x)),
    exponential: (x) => tf.exp(x),
    leakyRelu: (x) => tf.leakyRelu(x, 0.2),
    // x Φ(x) by tanh: ½ x (1 + tanh(√(2/π) (x + 0.044715 x³))) (Hendrycks & Gimpel 2016).
    geluNew: (x) =>
      tf.mul(tf.mul(x, 0.5), tf.add(1, tf.tanh(tf.mul(Math.sqrt(2 / Math.PI), tf.add(x, tf.mul(0.044715, tf.mul(x, tf.square(x)))))))),
    celu: (x) => tf.add(tf.relu(x), tf.sub(tf.exp(tf.minimum(x, 0)), 1)),
    logSigmoid: (x) => tf.neg(tf.softplus(tf.neg(x))),
    hardTanh: (x) => tf.clipByValue(x, -1, 1),
    // (x + √(x² + 4)) / 2
    squareplus: (x) => tf.mul(tf.add(x, tf.sqrt(tf.add(tf.square(x), 4))), 0.5),
    tanhShrink: (x) => tf.sub(x, tf.tanh(x)),
    hardShrink: (x) => tf.where(tf.greater(tf.abs(x), 0.5), x, zeros(x)),
    sqrt: (x) => tf.sqrt(x),
    reciprocal: (x) => tf.reciprocal(x),
    log: (x) => tf.log(x),
    softShrink: (x) => tf.sub(tf.relu(tf.sub(x, 0.5)), tf.relu(tf.sub(tf.neg(x), 0.5))),
  };
  for (const [className, apply] of Object.entries(functions)) {
    register(
      tf,
      class extends tf.serialization.Serializable {
        static readonly className = className;
        apply(x: Tensor): Tensor {
          return tf.tidy(() => apply(x));
        }
        override getConfig(): Record<string, never> {
          return {};
        }
      },
    );
  }

  abstract class EntryByEntry extends tf.layers.Layer {
    readonly given: LayerConfig;
    constructor(config: LayerConfig) {
      super(config);
      this.given = config;
      this.supportsMasking = true;
    }
    abstract apply1(x: Tensor): Tensor;
    number(key: string, otherwise: number): number {
      const value = this.given[key];
      const first = Array.isArray(value) ? (value[0] as unknown) : value;
      return typeof first === 'number' ? first : otherwise;
    }
    override computeOutputShape(shape: Shape): Shape {
      return shape;
    }
    override call(inputs: TensorLike): Tensor {
      return tf.tidy(() => this.apply1(only(inputs)));
    }
    override getConfig() {
      return { ...super.getConfig(), ...this.given } as ReturnType<InstanceType<typeof tf.layers.Layer>['getConfig']>;
    }
  }

  /** x where it is at least the threshold, at most the maximum; slope · (x − threshold) below. */
  class ReLU extends EntryByEntry {
    static readonly className = 'ReLU';
    override apply1(x: Tensor): Tensor {
      const [slope, threshold] = [this.number('negativeSlope', 0), this.number('threshold', 0)];
      const most = this.number('maxValue', Infinity);
      if (slope === 0 && threshold === 0 && most === 6) return tf.relu6(x);
      const below = slope === 0 ? zeros(x) : tf.mul(tf.sub(x, threshold), slope);
      const rectified = slope === 0 && threshold === 0 ? tf.relu(x) : tf.where(tf.greaterEqual(x, threshold), x, below);
      return most === Infinity ? rectified : tf.minimum(rectified, most);
    }
  }
  /** α (eˣ − 1) below zero (Clevert et al. 2016). */
  class ELU extends EntryByEntry {
    static readonly className = 'ELU';
    override apply1(x: Tensor): Tensor {
      return tf.add(tf.relu(x), tf.mul(tf.sub(tf.exp(tf.minimum(x, 0)), 1), this.number('alpha', 1)));
    }
  }
  /** Along any axis; tfjs's own knows the last one only. */
  class Softmax extends EntryByEntry {
    static readonly className = 'Softmax';
    override apply1(x: Tensor): Tensor {
      const axis = (this.number('axis', -1) + x.rank) % x.rank;
      if (axis === x.rank - 1) return tf.softmax(x);
      const swapped = x.shape.map((_, at) => (at === axis ? x.rank - 1 : at === x.rank - 1 ? axis : at));
      return tf.transpose(tf.softmax(tf.transpose(x, swapped)), swapped);
    }
  }
  register(tf, ReLU);
  register(tf, ELU);
  register(tf, Softmax);
}
