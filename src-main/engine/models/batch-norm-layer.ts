// Batch normalisation that trains through TensorFlow's fused kernels: tfjs's own takes some forty small ones, and fails without gamma or beta.
import type { Tensor } from '@tensorflow/tfjs-node';
import { nativeOps, type OpAttribute } from '../runtime-ops.ts';
import type { Tensorflow } from '../runtime/load-tensorflow.ts';

type TensorLike = Tensor | Tensor[];
interface Variable {
  read(): Tensor;
  write(value: Tensor): void;
}
/** What tfjs's layer holds; its types keep it to itself. */
interface BatchNormBase {
  readonly axis: number | number[];
  readonly epsilon: number;
  readonly momentum: number;
  readonly gamma?: Variable | null;
  readonly beta?: Variable | null;
  readonly movingMean: Variable;
  readonly movingVariance: Variable;
  call(inputs: TensorLike, kwargs: { training?: boolean }): Tensor;
}

/** Registers the layer in tfjs's place, once a process (the caller sees to that). Inference stays tfjs's. */
export function registerBatchNormLayer(tf: Tensorflow): void {
  const native = nativeOps(tf);
  const { TF_ATTR_TYPE, TF_ATTR_FLOAT, TF_ATTR_BOOL, TF_ATTR_STRING, TF_FLOAT } = native.binding;
  const Base = tf.layers.batchNormalization({}).constructor as unknown as new (config: object) => BatchNormBase;

  class BatchNormalization extends Base {
    static readonly className = 'BatchNormalization';
    override call(inputs: TensorLike, kwargs: { training?: boolean }): Tensor {
      const input = Array.isArray(inputs) ? inputs[0]! : inputs;
      if (kwargs.training !== true) return super.call(inputs, kwargs);
      // Keras 2 writes the axis as a list of one.
      const axis = Number(this.axis);
      if (axis !== -1 && axis !== input.rank - 1) return this.withChannelsLast(input, axis);
      return tf.tidy(() => tf.reshape(this.train(tf.reshape(input, asImages(input.shape))), input.shape));
    }

    /** Another axis than the last one is moved there and back. */
    withChannelsLast(input: Tensor, channels: number): Tensor {
      const there = [...input.shape.map((_, axis) => axis).filter((axis) => axis !== channels), channels];
      const back = input.shape.map((_, axis) => there.indexOf(axis));
      return tf.tidy(() => {
        const moved = tf.transpose(input, there);
        return tf.transpose(tf.reshape(this.train(tf.reshape(moved, asImages(moved.shape))), moved.shape), back);
      });
    }

    /** `images`: (N, H, W, C). The moving statistics take the biased variance, as Keras's do. */
    train(images: Tensor): Tensor {
      const channels = images.shape.at(-1)!;
      const samples = images.size / channels;
      const [gamma, beta] = [this.gamma?.read() ?? tf.ones([channels]), this.beta?.read() ?? tf.zeros([channels])];
      const attributes: OpAttribute[] = [
        { name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT },
        { name: 'U', type: TF_ATTR_TYPE, value: TF_FLOAT },
        { name: 'epsilon', type: TF_ATTR_FLOAT, value: this.epsilon },
        { name: 'data_format', type: TF_ATTR_STRING, value: 'NHWC' },
        { name: 'is_training', type: TF_ATTR_BOOL, value: true },
      ];
      let statistics: [Tensor, Tensor] | undefined;
      const normalise = tf.customGrad((...given) => {
        const [x, scale, offset, save] = given as unknown as [Tensor, Tensor, Tensor, (kept: Tensor[]) => void];
        const [value, mean, variance, ...reserved] = native.executeMultipleOutputs(
          'FusedBatchNormV3',
          [...attributes, { name: 'exponential_avg_factor', type: TF_ATTR_FLOAT, value: 1 }],
          [x, scale, offset, tf.tensor1d([]), tf.tensor1d([])],
          6,
        );
        // The kernel corrects the variance by n / (n − 1); this takes it back, with no number but n, which grows with the batch.
        statistics = [tf.keep(mean!), tf.keep(tf.sub(variance!, tf.div(variance!, samples)))];
        save([x, scale, ...reserved]);
        return {
          value: value!,
          gradFunc: (upstream: Tensor, [input, kept, ...saved]: Tensor[]) =>
            native.executeMultipleOutputs('FusedBatchNormGradV3', attributes, [upstream, input!, kept!, ...saved], 5).slice(0, 3),
        };
      });
      const normalised = normalise(images, gamma, beta);
      const [mean, variance] = statistics!;
      for (const [variable, value] of [
        [this.movingMean, mean],
        [this.movingVariance, variance],
      ] as const) {
        const before = variable.read();
        variable.write(tf.sub(before, tf.mul(tf.sub(before, value), 1 - this.momentum)));
        value.dispose();
      }
      return normalised;
    }
  }
  tf.serialization.registerClass(BatchNormalization as unknown as Parameters<typeof tf.serialization.registerClass>[0]);
}

/** (N, …, C) as (N, H, 1, C): the fused kernels take images only. */
function asImages(shape: readonly number[]): [number, number, number, number] {
  const channels = shape.at(-1)!;
  const positions = shape.slice(1, -1).reduce((product, size) => product * size, 1);
  return shape.length === 4 ? (shape as [number, number, number, number]) : [shape[0]!, positions, 1, channels];
}
