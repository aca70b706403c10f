// Convolutions over sequences that tfjs-layers lacks: depthwise, separable and transposed.
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-node';
import type { Tensorflow } from '../runtime/load-tensorflow.ts';
import {
  asImage,
  only,
  onlyShape,
  register,
  rulesOf,
  sizes,
  type LayerConfig,
  type LayerWeight,
  type Shape,
  type TensorLike,
} from './own-layer.ts';

export function registerOwnSequenceConvolutions(tf: Tensorflow): void {
  /** Each channel by itself along a sequence: (N, L, C) → (N, L′, C · multiplier). */
  class DepthwiseConv1D extends tf.layers.Layer {
    static readonly className: string = 'DepthwiseConv1D';
    readonly given: LayerConfig;
    depthwiseKernel?: LayerWeight;
    pointwiseKernel?: LayerWeight;
    bias?: LayerWeight;
    readonly activation: { apply(x: Tensor): Tensor };
    constructor(config: LayerConfig) {
      super(config);
      this.given = config;
      this.activation = (
        tf.layers.activation({ activation: (config['activation'] ?? 'linear') as 'linear' }) as unknown as {
          activation: { apply(x: Tensor): Tensor };
        }
      ).activation;
    }
    multiplier(): number {
      return typeof this.given['depthMultiplier'] === 'number' ? this.given['depthMultiplier'] : 1;
    }
    weight(name: string, shape: number[], kind: string): LayerWeight {
      return this.addWeight(name, shape, 'float32', tf.initializers.zeros(), ...rulesOf(tf, this.given, kind)) as unknown as LayerWeight;
    }
    override build(shape: Shape | Shape[]): void {
      const channels = onlyShape(shape).at(-1) ?? 0;
      const [size = 1] = sizes(this.given['kernelSize'], 1, 1);
      this.depthwiseKernel = this.weight('depthwise_kernel', [size, channels, this.multiplier()], 'depthwise');
      this.buildRest(channels * this.multiplier());
      this.built = true;
    }
    buildRest(outputs: number): void {
      if (this.given['useBias'] !== false) this.bias = this.weight('bias', [outputs], 'bias');
    }
    outputs(channels: number): number {
      return channels * this.multiplier();
    }
    override computeOutputShape(shape: Shape): Shape {
      const [batch = null, length = null, channels] = onlyShape(shape);
      const [size = 1] = sizes(this.given['kernelSize'], 1, 1);
      const [stride = 1] = sizes(this.given['strides'], 1, 1);
      const [rate = 1] = sizes(this.given['dilationRate'], 1, 1);
      const reach = this.given['padding'] === 'same' || this.given['padding'] === 'causal' ? 0 : (size - 1) * rate;
      return [batch, length === null ? null : Math.ceil((length - reach) / stride), this.outputs(channels ?? 0)];
    }
    override call(inputs: TensorLike): Tensor {
      return tf.tidy(() => {
        const [stride = 1] = sizes(this.given['strides'], 1, 1);
        const [rate = 1] = sizes(this.given['dilationRate'], 1, 1);
        const kernel = this.depthwiseKernel!.read();
        const [size = 1, channels = 1, multiplier = 1] = kernel.shape;
        const before = this.given['padding'] === 'causal' ? (size - 1) * rate : 0;
        const x = asImage(
          tf,
          before === 0
            ? only(inputs)
            : tf.pad(only(inputs), [
                [0, 0],
                [before, 0],
                [0, 0],
              ]),
        );
        const pad = this.given['padding'] === 'same' ? 'same' : 'valid';
        const filter = tf.reshape(kernel, [size, 1, channels, multiplier]) as Tensor4D;
        const deep = tf.squeeze(tf.depthwiseConv2d(x, filter, [stride, stride], pad, 'NHWC', [rate, rate]), [2]);
        const mixed = this.mix(deep);
        return this.activation.apply(this.bias === undefined ? mixed : tf.add(mixed, this.bias.read()));
      });
    }
    mix(deep: Tensor): Tensor {
      return deep;
    }
    override getConfig() {
      return { ...super.getConfig(), ...this.given } as ReturnType<InstanceType<typeof tf.layers.Layer>['getConfig']>;
    }
  }

  /** A depthwise convolution followed by one over a single position (Sifre 2014). */
  class SeparableConv1D extends DepthwiseConv1D {
    static override readonly className = 'SeparableConv1D';
    override outputs(): number {
      return Number(this.given['filters']);
    }
    override buildRest(channels: number): void {
      this.pointwiseKernel = this.weight('pointwise_kernel', [1, channels, this.outputs()], 'pointwise');
      super.buildRest(this.outputs());
    }
    override mix(deep: Tensor): Tensor {
      return tf.conv1d(deep as never, this.pointwiseKernel!.read() as never, 1, 'valid');
    }
  }

  /** The gradient of a Conv1D with respect to its input; its kernel is (window, filters, channels in). */
  class Conv1DTranspose extends DepthwiseConv1D {
    static override readonly className = 'Conv1DTranspose';
    override outputs(): number {
      return Number(this.given['filters']);
    }
    override build(shape: Shape | Shape[]): void {
      const [size = 1] = sizes(this.given['kernelSize'], 1, 1);
      this.pointwiseKernel = this.weight('kernel', [size, this.outputs(), onlyShape(shape).at(-1) ?? 0], 'kernel');
      super.buildRest(this.outputs());
      this.built = true;
    }
    length(before: number): number {
      const [size = 1] = sizes(this.given['kernelSize'], 1, 1);
      const [stride = 1] = sizes(this.given['strides'], 1, 1);
      return before * stride + (this.given['padding'] === 'same' ? 0 : Math.max(size - stride, 0));
    }
    override computeOutputShape(shape: Shape): Shape {
      const [batch = null, length = null] = onlyShape(shape);
      return [batch, length === null ? null : this.length(length), this.outputs()];
    }
    override call(inputs: TensorLike): Tensor {
      return tf.tidy(() => {
        const x = asImage(tf, only(inputs));
        const [stride = 1] = sizes(this.given['strides'], 1, 1);
        const kernel = tf.expandDims(this.pointwiseKernel!.read(), 1) as Tensor4D;
        const shape: [number, number, number, number] = [x.shape[0], this.length(x.shape[1]), 1, this.outputs()];
        const pad = this.given['padding'] === 'same' ? 'same' : 'valid';
        const spread = tf.squeeze(tf.conv2dTranspose(x, kernel, shape, [stride, 1], pad), [2]);
        return this.activation.apply(this.bias === undefined ? spread : tf.add(spread, this.bias.read()));
      });
    }
  }
  register(tf, DepthwiseConv1D);
  register(tf, SeparableConv1D);
  register(tf, Conv1DTranspose);
}
