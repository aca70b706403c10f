// Cross-entropy from logits, by TensorFlow's fused kernel where there is one, and squared error; the count of right answers beside it. What labels are is
// seen by their type: int32 classes, or float32 numbers to be answered.
import type { Tensor } from '@tensorflow/tfjs-node';
import { StudioError } from '#contract/errors.ts';
import type { Loss } from '#contract/recipe.ts';
import type { ModelWeight } from '../models/load-model.ts';
import type { Head } from '../models/training-view.ts';
import { nativeOps } from '../runtime-ops.ts';
import type { Tensorflow } from '../runtime/load-tensorflow.ts';

export interface LossFunctions {
  /** As it was chosen, or as `auto` has chosen. */
  readonly name: Exclude<Loss, 'auto'>;
  /** How logits are read: one distribution over the units, or each unit by itself. */
  readonly kind: 'softmax' | 'sigmoid';
  /**
   * Loss of each sample, (N); differentiable in the logits (N, units). `labels`: (N) classes, or (N, units) numbers. `taught`: the teacher's logits,
   * where there is a teacher.
   */
  perSample(logits: Tensor, labels: Tensor, taught?: Tensor): Tensor;
  /** What is added to the mean over the samples: a penalty of our own on weights. */
  penalty?(): Tensor;
  /** A second network whose answers are learned from. */
  readonly teacher?: { readonly weights: readonly ModelWeight[]; answer(inputs: Tensor): Tensor };
  /** Where there is one unit: above this score it says class 1. */
  readonly threshold: number;
  /** 1 where the best answer is the label, else 0: (N), int32; all 0 where numbers are wanted. */
  hits(logits: Tensor, labels: Tensor): Tensor;
  /** What the network says where it answers with numbers: (N, units). */
  answer(logits: Tensor): Tensor;
}

/**
 * - `categorical`: −log softmax(logits)[label]; labels are whole numbers, so that Keras's sparse and one-hot forms are the same.
 * - `binary`: cross-entropy of each sigmoid, one unit for two classes, or one unit a class (mean over units).
 * - `mse`: the mean over units of (answer − wanted)², the answer as the network gives it, wanted 1 for the label and 0 elsewhere.
 * - `auto`: binary for sigmoids and for a single unit, categorical otherwise; mse where numbers are wanted.
 *
 * Worked example, mse, softmax over logits (0, ln 3), label 1: ((¼ − 0)² + (¾ − 1)²) / 2 = 0.0625.
 * @throws StudioError `bad-input` where the loss doesn't fit the output
 */
export function lossFor(tf: Tensorflow, head: Head, units: number, choice: Loss = 'auto'): LossFunctions {
  const kind = head === 'sigmoid' || units === 1 ? 'sigmoid' : 'softmax';
  checkFit(head, units, choice);
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

  const wanted = (labels: Tensor): Tensor =>
    areNumbers(labels)
      ? labels
      : units === 1
        ? tf.cast(tf.expandDims(labels, 1), 'float32')
        : tf.cast(tf.oneHot(tf.cast(labels, 'int32'), units), 'float32');

  /** max(x, 0) − x·y + log(1 + e^−|x|): finite for every logit. */
  function sigmoid(logits: Tensor, labels: Tensor): Tensor {
    const losses = tf.add(tf.sub(tf.relu(logits), tf.mul(logits, wanted(labels))), tf.log1p(tf.exp(tf.neg(tf.abs(logits)))));
    return tf.mean(losses, 1);
  }

  function answer(logits: Tensor): Tensor {
    return head === 'softmax' ? tf.softmax(logits) : head === 'sigmoid' ? tf.sigmoid(logits) : logits;
  }

  function squaredError(logits: Tensor, labels: Tensor): Tensor {
    return tf.mean(tf.square(tf.sub(answer(logits), wanted(labels))), 1);
  }

  const chosen = choice === 'auto' ? (kind === 'sigmoid' ? 'binary' : 'categorical') : choice;
  const threshold = chosen === 'mse' && head === 'scores' ? 0.5 : 0;
  return {
    name: chosen,
    kind,
    threshold,
    perSample: (logits, labels) => {
      if (!areNumbers(labels)) return { categorical: softmax, binary: sigmoid, mse: squaredError }[chosen](logits, labels);
      checkForNumbers(choice);
      return squaredError(logits, labels);
    },
    answer,
    hits: (logits, labels) =>
      areNumbers(labels)
        ? tf.zeros([labels.shape[0] ?? 0], 'int32')
        : tf.cast(
            tf.equal(units === 1 ? tf.cast(tf.greater(tf.squeeze(logits, [1]), threshold), 'int32') : tf.argMax(logits, 1), labels),
            'int32',
          ),
  };
}

/** Targets of each sample, and not the number of its class. */
export function areNumbers({ dtype }: Pick<Tensor, 'dtype'>): boolean {
  return dtype === 'float32';
}

/** How Keras would call what makes these data's loss. */
export function lossName({ name }: LossFunctions, { targets }: { readonly targets: number }): LossFunctions['name'] {
  return targets > 0 ? 'mse' : name;
}

function checkForNumbers(choice: Loss): void {
  if (choice === 'auto' || choice === 'mse') return;
  throw new StudioError('bad-input', `The loss "${choice}" is for classes, and these data want numbers to be answered.`, {
    where: 'loss',
    whatToDo: 'Take mse or auto.',
  });
}

function checkFit(head: Head, units: number, choice: Loss): void {
  const refused = choice === 'binary' ? head === 'softmax' : choice === 'categorical' && (head === 'sigmoid' || units === 1);
  if (!refused) return;
  const output = units === 1 ? 'a single unit' : head === 'softmax' ? 'a softmax' : 'sigmoids';
  throw new StudioError('bad-input', `The loss "${choice}" doesn't fit a network that answers by ${output}.`, {
    where: 'loss',
    whatToDo: `Take ${choice === 'binary' ? 'categorical' : 'binary'}, mse or auto.`,
  });
}
