// Convolutions that tfjs's own layers don't do: in groups, causal, and dilated with a gradient.
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-node';
import type { Tensorflow } from '../runtime/load-tensorflow.ts';
import { asImage, baseOf, isChannelsFirst, only, onlyShape, register, sizes, type CallArguments, type LayerConfig } from './own-layer.ts';
import type { LayerWeight, Shape, TensorLike } from './own-layer.ts';

/** What tfjs's Conv1D, Conv2D and their like hold. */
interface ConvBase {
  readonly name: string;
  readonly filters: number;
  readonly kernelSize: readonly number[];
  readonly strides: readonly number[];
  readonly padding: 'valid' | 'same' | 'causal';
  readonly dilationRate: number | readonly number[];
  readonly activation: { apply(x: Tensor): Tensor } | null;
  readonly useBias: boolean;
  readonly kernelInitializer: unknown;
  readonly kernelRegularizer: unknown;
  readonly kernelConstraint: unknown;
  readonly biasInitializer: unknown;
  readonly biasRegularizer: unknown;
  readonly biasConstraint: unknown;
  kernel: LayerWeight;
  bias: LayerWeight | null;
  built: boolean;
  addWeight(...given: readonly unknown[]): LayerWeight;
  build(shape: Shape | Shape[]): void;
  computeOutputShape(shape: Shape | Shape[]): Shape;
  call(inputs: TensorLike, given: CallArguments): Tensor;
  getConfig(): LayerConfig;
}

export function registerOwnConvolutions(tf: Tensorflow): void {
  grouped('Conv1D', 1, baseOf<ConvBase>(tf.layers.conv1d({ filters: 1, kernelSize: 1 })));
  grouped('Conv2D', 2, baseOf<ConvBase>(tf.layers.conv2d({ filters: 1, kernelSize: 1 })));

  /** The kernel of a group's filters sees the input channels of that group alone (Krizhevsky et al. 2012). */
  function grouped(className: string, axes: 1 | 2, Base: new (config: LayerConfig) => ConvBase): void {
    class Grouped extends Base {
      static readonly className = className;
      readonly groups: number;
      readonly first: boolean;
      constructor(config: LayerConfig) {
        super(config);
        this.groups = typeof config['groups'] === 'number' ? config['groups'] : 1;
        this.first = isChannelsFirst(config);
      }
      override build(shape: Shape | Shape[]): void {
        if (this.groups === 1) return super.build(shape);
        const input = onlyShape(shape);
        const channels = (this.first ? input[1] : input.at(-1)) ?? 0;
        const kernel = [...this.kernelSize, channels / this.groups, this.filters];
        this.kernel = this.addWeight('kernel', kernel, null, this.kernelInitializer, this.kernelRegularizer, true, this.kernelConstraint);
        if (this.useBias)
          this.bias = this.addWeight('bias', [this.filters], null, this.biasInitializer, this.biasRegularizer, true, this.biasConstraint);
        this.built = true;
      }
      /** tfjs counts a causal convolution's output as if nothing were padded. */
      override computeOutputShape(given: Shape | Shape[]): Shape {
        if (this.padding !== 'causal') return super.computeOutputShape(given);
        const [batch = null, length = null] = onlyShape(given);
        return [batch, length === null ? null : Math.ceil(length / this.strides[0]!), this.filters];
      }
      override call(inputs: TensorLike, given: CallArguments): Tensor {
        const dilated = sizes(this.dilationRate, axes, 1).some((rate) => rate > 1);
        const ours = this.groups > 1 || this.padding === 'causal' || (dilated && given.training === true);
        if (!ours) return super.call(inputs, given);
        return tf.tidy(() => {
          const x = this.first ? tf.transpose(only(inputs), axes === 1 ? [0, 2, 1] : [0, 2, 3, 1]) : only(inputs);
          const padded = this.padding === 'causal' ? causal(x, this) : x;
          const summed = inGroups(
            axes === 1 ? asImage(tf, padded) : (padded as Tensor4D),
            this,
            this.groups,
            axes,
            given.training === true,
          );
          const shaped: Tensor = axes === 1 ? tf.squeeze(summed, [2]) : summed;
          const shifted = this.bias === null || !this.useBias ? shaped : tf.add(shaped, this.bias.read());
          const result = this.activation === null ? shifted : this.activation.apply(shifted);
          return this.first ? tf.transpose(result, axes === 1 ? [0, 2, 1] : [0, 3, 1, 2]) : result;
        });
      }
      override getConfig(): LayerConfig {
        return { ...super.getConfig(), groups: this.groups };
      }
    }
    register(tf, Grouped);
  }

  function causal(x: Tensor, { kernelSize, dilationRate }: ConvBase): Tensor {
    return tf.pad(x, [
      [0, 0],
      [(kernelSize[0]! - 1) * sizes(dilationRate, 1, 1)[0]!, 0],
      [0, 0],
    ]);
  }

  function inGroups(x: Tensor4D, layer: ConvBase, groups: number, axes: 1 | 2, training: boolean): Tensor {
    const kernel = (axes === 1 ? tf.expandDims(layer.kernel.read(), 1) : layer.kernel.read()) as Tensor4D;
    const wide = (values: readonly number[]): [number, number] => (axes === 1 ? [values[0]!, 1] : [values[0]!, values[1]!]);
    const strides = wide(layer.strides);
    const rates = wide(sizes(layer.dilationRate, axes, 1));
    const pad = layer.padding === 'same' ? 'same' : 'valid';
    const each = (part: Tensor4D, filters: Tensor): Tensor4D => convolve(part, filters as Tensor4D, strides, pad, rates, training);
    if (groups === 1) return each(x, kernel);
    const channels = x.shape[3];
    // A channel a group is a depthwise convolution: filter f looks at channel ⌊f / multiplier⌋.
    const undilated = rates.every((rate) => rate === 1);
    if (groups === channels && strides[0] === (axes === 1 ? strides[0] : strides[1]) && (undilated || !training)) {
      const [height = 1, width = 1] = kernel.shape;
      const depthwise = tf.reshape(kernel, [height, width, channels, layer.filters / channels]) as Tensor4D;
      return tf.depthwiseConv2d(x, depthwise, [strides[0], strides[0]], pad, 'NHWC', axes === 1 ? [rates[0], rates[0]] : rates);
    }
    const parts = tf.split(x, groups, 3);
    const kernels = tf.split(kernel, groups, 3);
    return tf.concat(
      parts.map((part, group) => each(part as Tensor4D, kernels[group]!)),
      3,
    );
  }

  /** tfjs has no gradient of a dilated convolution: while training it is an undilated one over the interleaved pixels. */
  function convolve(
    x: Tensor4D,
    kernel: Tensor4D,
    strides: [number, number],
    pad: 'same' | 'valid',
    rates: [number, number],
    training: boolean,
  ): Tensor4D {
    if (!training || rates.every((rate) => rate === 1)) return tf.conv2d(x, kernel, strides, pad, 'NHWC', rates);
    const reach = [0, 1].map((axis) => (kernel.shape[axis]! - 1) * rates[axis]!);
    const around = reach.map((total) => (pad === 'same' ? [Math.floor(total / 2), Math.ceil(total / 2)] : [0, 0]));
    const fill = [0, 1].map((axis) => {
      const length = x.shape[axis + 1]! + around[axis]![0]! + around[axis]![1]!;
      return (rates[axis]! - (length % rates[axis]!)) % rates[axis]!;
    });
    const split = tf.spaceToBatchND(
      x,
      rates,
      around.map(([before, after], axis) => [before!, after! + fill[axis]!]),
    );
    return tf.batchToSpaceND(
      tf.conv2d(split as Tensor4D, kernel, 1, 'valid'),
      rates,
      fill.map((count) => [0, count]),
    );
  }
}
