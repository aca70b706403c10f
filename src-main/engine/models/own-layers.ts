// Keras layers that tfjs-layers lacks and that are a line of arithmetic, registered under Keras's own names.
import type { Tensor } from '@tensorflow/tfjs-node';
import type { Tensorflow } from '../runtime/load-tensorflow.ts';
import { registerBatchNormLayer } from './batch-norm-layer.ts';

const registered = new WeakSet<Tensorflow>();

/** Registers the layers, once a process. */
export function registerOwnLayers(tf: Tensorflow): void {
  if (registered.has(tf)) return;
  registered.add(tf);
  registerBatchNormLayer(tf);

  /** x · scale + offset; `scale` and `offset` are numbers or a number a channel. */
  class Rescaling extends tf.layers.Layer {
    static readonly className = 'Rescaling';
    readonly factor: number | number[];
    readonly offset: number | number[];
    constructor(config: { name?: string; scale: number | number[]; offset?: number | number[] }) {
      super(config);
      this.supportsMasking = true;
      this.factor = config.scale;
      this.offset = config.offset ?? 0;
    }
    override computeOutputShape(shape: number[]): number[] {
      return shape;
    }
    override call(inputs: Tensor | Tensor[]): Tensor {
      const input = Array.isArray(inputs) ? inputs[0]! : inputs;
      return tf.tidy(() => tf.add(tf.mul(input, this.factor), this.offset));
    }
    override getConfig() {
      return { ...super.getConfig(), scale: this.factor, offset: this.offset };
    }
  }
  tf.serialization.registerClass(Rescaling);
}
