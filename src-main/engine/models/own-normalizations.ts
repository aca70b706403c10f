// Normalizations that tfjs-layers lacks, and the scale a channel that ConvNeXt learns.
import type { Tensor } from '@tensorflow/tfjs-node';
import type { Tensorflow } from '../runtime/load-tensorflow.ts';
import { only, onlyShape, register, type LayerConfig, type LayerWeight, type Shape, type TensorLike } from './own-layer.ts';

export function registerOwnNormalizations(tf: Tensorflow): void {
  abstract class SameShape extends tf.layers.Layer {
    readonly given: LayerConfig;
    constructor(config: LayerConfig) {
      super(config);
      this.given = config;
      this.supportsMasking = true;
    }
    number(key: string, otherwise: number): number {
      const value = this.given[key];
      return typeof value === 'number' ? value : otherwise;
    }
    axes(rank: number): number[] {
      const given = this.given['axis'] ?? -1;
      return (Array.isArray(given) ? given : [given]).map((axis) => (Number(axis) + rank) % rank);
    }
    /** A weight for each entry of the last axis. */
    perChannel(name: string, shape: Shape | Shape[]): LayerWeight {
      return this.addWeight(
        name,
        [onlyShape(shape).at(-1) ?? 1],
        'float32',
        tf.initializers.ones(),
        undefined,
        true,
      ) as unknown as LayerWeight;
    }
    abstract normalised(x: Tensor): Tensor;
    override computeOutputShape(shape: Shape): Shape {
      return onlyShape(shape);
    }
    override call(inputs: TensorLike): Tensor {
      return tf.tidy(() => this.normalised(only(inputs)));
    }
    override getConfig() {
      return { ...super.getConfig(), ...this.given } as ReturnType<InstanceType<typeof tf.layers.Layer>['getConfig']>;
    }
  }

  /** x · gamma, a gamma for each channel (Touvron et al. 2021, "Going deeper with image transformers"). */
  class LayerScale extends SameShape {
    static readonly className = 'LayerScale';
    gamma?: LayerWeight;
    override build(shape: Shape | Shape[]): void {
      this.gamma = this.perChannel('gamma', shape);
      this.built = true;
    }
    override normalised(x: Tensor): Tensor {
      return tf.mul(x, this.gamma!.read());
    }
  }

  /** Mean 0 and variance 1 over the positions and the channels of a group (Wu & He 2018). */
  class GroupNormalization extends SameShape {
    static readonly className = 'GroupNormalization';
    gamma?: LayerWeight;
    beta?: LayerWeight;
    override build(shape: Shape | Shape[]): void {
      if (this.given['scale'] !== false) this.gamma = this.perChannel('gamma', shape);
      if (this.given['center'] !== false) this.beta = this.perChannel('beta', shape);
      this.built = true;
    }
    override normalised(x: Tensor): Tensor {
      const channels = x.shape.at(-1)!;
      const given = this.number('groups', 32);
      const groups = given === -1 ? channels : given;
      const split = tf.reshape(x, [x.shape[0]!, x.size / x.shape[0]! / channels, groups, channels / groups]);
      const { mean, variance } = tf.moments(split, [1, 3], true);
      const even = tf.reshape(tf.mul(tf.sub(split, mean), tf.rsqrt(tf.add(variance, this.number('epsilon', 1e-3)))), x.shape);
      const scaled = this.gamma === undefined ? even : tf.mul(even, this.gamma.read());
      return this.beta === undefined ? scaled : tf.add(scaled, this.beta.read());
    }
  }

  /** Length 1 along the axes. */
  class UnitNormalization extends SameShape {
    static readonly className = 'UnitNormalization';
    override normalised(x: Tensor): Tensor {
      return tf.mul(x, tf.rsqrt(tf.maximum(tf.sum(tf.square(x), this.axes(x.rank), true), 1e-12)));
    }
  }

  /** x / √(mean of x² + ε) · scale (Zhang & Sennrich 2019). */
  class RMSNormalization extends SameShape {
    static readonly className = 'RMSNormalization';
    scale?: LayerWeight;
    override build(shape: Shape | Shape[]): void {
      this.scale = this.perChannel('scale', shape);
      this.built = true;
    }
    override normalised(x: Tensor): Tensor {
      const even = tf.mul(x, tf.rsqrt(tf.add(tf.mean(tf.square(x), -1, true), this.number('epsilon', 1e-6))));
      return tf.mul(even, this.scale!.read());
    }
  }
  register(tf, LayerScale);
  register(tf, GroupNormalization);
  register(tf, UnitNormalization);
  register(tf, RMSNormalization);
}
