// A dilated depthwise convolution: tfjs-layers leaves the dilation out and says nothing.
import type { Tensor } from '@tensorflow/tfjs-node';
import type { Tensorflow } from '../runtime/load-tensorflow.ts';
import {
  baseOf,
  register,
  sizes,
  type CallArguments,
  type LayerConfig,
  type LayerWeight,
  type Shape,
  type TensorLike,
} from './own-layer.ts';

interface DepthwiseBase {
  kernelSize: readonly number[];
  depthwiseKernel: LayerWeight;
  computeOutputShape(shape: Shape | Shape[]): Shape;
  call(inputs: TensorLike, given: CallArguments): Tensor;
}

export function registerOwnDepthwise(tf: Tensorflow): void {
  const Base = baseOf<DepthwiseBase>(tf.layers.depthwiseConv2d({ kernelSize: 1 }));

  /** [h, w, channels, multiplier] with rate − 1 zeros between rows and columns: the same convolution without dilation, with a gradient. */
  function spread(kernel: Tensor, [down = 1, across = 1]: readonly number[]): Tensor {
    const [height = 1, width = 1, channels = 1, multiplier = 1] = kernel.shape;
    const apart = tf.pad(tf.reshape(kernel, [height, 1, width, 1, channels * multiplier]), [
      [0, 0],
      [0, down - 1],
      [0, 0],
      [0, across - 1],
      [0, 0],
    ]);
    const whole = tf.reshape(apart, [height * down, width * across, channels, multiplier]);
    return tf.slice(whole, [0, 0, 0, 0], [(height - 1) * down + 1, (width - 1) * across + 1, channels, multiplier]);
  }

  class DepthwiseConv2D extends Base {
    static readonly className = 'DepthwiseConv2D';
    readonly rates: readonly number[];
    constructor(config: LayerConfig) {
      super(config);
      this.rates = sizes(config['dilationRate'], 2, 1);
    }
    override computeOutputShape(shape: Shape | Shape[]): Shape {
      const own = this.kernelSize;
      this.kernelSize = own.map((size, axis) => (size - 1) * this.rates[axis]! + 1);
      try {
        return super.computeOutputShape(shape);
      } finally {
        this.kernelSize = own;
      }
    }
    override call(inputs: TensorLike, given: CallArguments): Tensor {
      if (this.rates.every((rate) => rate === 1)) return super.call(inputs, given);
      const own = this.depthwiseKernel;
      return tf.tidy(() => {
        this.depthwiseKernel = { read: () => spread(own.read(), this.rates) };
        try {
          return super.call(inputs, given);
        } finally {
          this.depthwiseKernel = own;
        }
      });
    }
  }
  register(tf, DepthwiseConv2D);
}
