// Cross-entropy from logits, by TensorFlow's fused kernel where there is one, with the count of right answers beside it.
import type { Tensor } from '@tensorflow/tfjs-node';
import type { ModelWeight } from '../models/load-model.ts';
import type { Head } from '../models/training-view.ts';
import { nativeOps } from '../runtime-ops.ts';
import type { Tensorflow } from '../runtime/load-tensorflow.ts';

export interface LossFunctions {
  /** How logits are read: one distribution over the units, or each unit by itself. */
  readonly kind: 'softmax' | 'sigmoid';
  /** Loss of each sample, (N); differentiable in the logits (N, units). `taught`: the teacher's logits, where there is a teacher. */
  perSample(logits: Tensor, labels: Tensor, taught?: Tensor): Tensor;
  /** What is added to the mean over the samples: a penalty of our own on weights. */
  penalty?(): Tensor;
  /** A second network whose answers are learned from. */
  readonly teacher?: { readonly weights: readonly ModelWeight[]; answer(inputs: Tensor): Tensor };
  /** 1 where the best answer is the label, else 0: (N), int32. */
  hits(logits: Tensor, labels: Tensor): Tensor;
}

/**
 * softmax and bare scores: −log softmax(logits)[label]. sigmoid: binary cross-entropy, one unit for two classes, or one unit a class
 * (mean over units).
 */
export function lossFor(tf: Tensorflow, head: Head, units: number): LossFunctions {
  const native = nativeOps(tf);
  const { TF_ATTR_TYPE, TF_FLOAT, TF_INT32 } = native.binding;
  const attributes = [
    { name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT },
    { name: 'Tlabels', type: TF_ATTR_TYPE, value: TF_INT32 },
  ];

  function softmax(logits: Tensor, labels: Tensor): Tensor {
    const fused = tf.customGrad((...given) => {
      const [scores, save] = given as [Tensor, (kept: Tensor[]) => void];
      // The kernel gives the gradient together with the loss.
      const [loss, slope] = native.executeMultipleOutputs('SparseSoftmaxCrossEntropyWithLogits', attributes, [scores, labels], 2);
      save([slope!]);
      return { value: loss!, gradFunc: (upstream: Tensor, [kept]: Tensor[]) => tf.mul(kept!, tf.expandDims(upstream, 1)) };
    });
    return fused(logits);
  }

  /** max(x, 0) − x·y + log(1 + e^−|x|): finite for every logit. */
  function sigmoid(logits: Tensor, labels: Tensor): Tensor {
    const wanted =
      units === 1 ? tf.cast(tf.expandDims(labels, 1), 'float32') : tf.cast(tf.oneHot(tf.cast(labels, 'int32'), units), 'float32');
    const losses = tf.add(tf.sub(tf.relu(logits), tf.mul(logits, wanted)), tf.log1p(tf.exp(tf.neg(tf.abs(logits)))));
    return tf.mean(losses, 1);
  }

  const kind = head === 'sigmoid' || units === 1 ? 'sigmoid' : 'softmax';
  return {
    kind,
    perSample: kind === 'sigmoid' ? sigmoid : softmax,
    hits: (logits, labels) =>
      tf.cast(tf.equal(units === 1 ? tf.cast(tf.greater(tf.squeeze(logits, [1]), 0), 'int32') : tf.argMax(logits, 1), labels), 'int32'),
  };
}
