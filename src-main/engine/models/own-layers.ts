// Keras layers that tfjs-layers lacks, registered under Keras's own names.
import type { Tensor } from '@tensorflow/tfjs-node';
import type { Tensorflow } from '../runtime/load-tensorflow.ts';
import { registerBatchNormLayer } from './batch-norm-layer.ts';
import { registerRegularizers } from './penalties.ts';
import { registerOwnActivations } from './own-activations.ts';
import { registerOwnConvolutions } from './own-convolutions.ts';
import { only, type TensorLike } from './own-layer.ts';
import { registerOwnDepthwise } from './own-depthwise.ts';
import { registerOwnMerges } from './own-merges.ts';
import { registerOwnNormalizations } from './own-normalizations.ts';
import { registerOwnRecurrent } from './own-recurrent.ts';
import { registerOwnSequenceConvolutions } from './own-sequence-convolutions.ts';
import { registerOwnShapes } from './own-shapes.ts';

const registered = new WeakSet<Tensorflow>();

/** Registers the layers, once a process. */
export function registerOwnLayers(tf: Tensorflow): void {
  if (registered.has(tf)) return;
  registerPortableLayers(tf);
  registerBatchNormLayer(tf);
  registerRegularizers(tf);
}

/** Those that need no native kernel of their own. */
export function registerPortableLayers(tf: Tensorflow): void {
  registered.add(tf);
  letMasksEnd(tf);
  registerOwnActivations(tf);
  registerOwnConvolutions(tf);
  registerOwnSequenceConvolutions(tf);
  registerOwnDepthwise(tf);
  registerOwnMerges(tf);
  registerOwnNormalizations(tf);
  registerOwnRecurrent(tf);
  registerOwnShapes(tf);

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
    override call(inputs: TensorLike): Tensor {
      return tf.tidy(() => tf.add(tf.mul(tf.cast(only(inputs), 'float32'), this.factor), this.offset));
    }
    override getConfig() {
      return { ...super.getConfig(), scale: this.factor, offset: this.offset };
    }
  }
  tf.serialization.registerClass(Rescaling);
}

/** Where a layer knows nothing of masks, the mask ends, as in Keras; tfjs throws. */
function letMasksEnd(tf: Tensorflow): void {
  const layer = tf.layers.Layer.prototype;
  const { computeMask } = layer;
  layer.computeMask = function (inputs, mask) {
    return this.supportsMasking ? computeMask.call(this, inputs, mask) : (null as unknown as Tensor);
  };
}
