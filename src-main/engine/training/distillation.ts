// Knowledge distillation: the loss is mixed with how far the network's softened answers are from a teacher's.
import type { Tensor } from '@tensorflow/tfjs-node';
import { StudioError } from '#contract/errors.ts';
import type { Recipe } from '#contract/recipe.ts';
import { readModelFile } from '#formats/model-file.ts';
import type { LoadedModel } from '../models/load-model.ts';
import { openNetwork, type Network } from '../models/open-network.ts';
import type { Tensorflow } from '../runtime/load-tensorflow.ts';
import type { WorkContext } from '../work-context.ts';
import { areNumbers, type LossFunctions } from './losses.ts';

export type DistillSettings = Pick<Recipe, 'distillTemperature' | 'distillMix'>;

/**
 * (1 − mix) · loss + mix · T² · KL(teacher ‖ student), both softened by the temperature T (Hinton, Vinyals & Dean 2015); T² keeps the gradient's
 * size whatever T is. `sigmoid`: the two-class divergence of each unit, averaged over units. (N, units) → (N).
 * Worked example, T = 1, teacher logits (0, ln 3), student logits (0, 0): p = (¼, ¾), q = (½, ½), KL = ¼ ln ½ + ¾ ln 1.5 = 0.1308.
 */
export function divergence(tf: Tensorflow, kind: LossFunctions['kind'], logits: Tensor, teacher: Tensor, temperature: number): Tensor {
  const square = temperature * temperature;
  const [student, target] = [tf.div(logits, temperature), tf.div(teacher, temperature)];
  if (kind === 'softmax') {
    const wanted = tf.logSoftmax(target);
    return tf.mul(tf.sum(tf.mul(tf.exp(wanted), tf.sub(wanted, tf.logSoftmax(student))), 1), square);
  }
  const probability = tf.sigmoid(target);
  /** Binary cross-entropy from logits: max(x, 0) − x · p + log(1 + e^−|x|). */
  const crossEntropy = (x: Tensor) => tf.add(tf.sub(tf.relu(x), tf.mul(x, probability)), tf.log1p(tf.exp(tf.neg(tf.abs(x)))));
  return tf.mul(tf.mean(tf.sub(crossEntropy(student), crossEntropy(target)), 1), square);
}

/** `loss` mixed with the divergence from `teacher`, which answers with logits and is never trained. */
export function distilled(
  tf: Tensorflow,
  loss: LossFunctions,
  teacher: LoadedModel,
  { distillTemperature, distillMix }: DistillSettings,
): LossFunctions {
  return {
    ...loss,
    teacher: { weights: teacher.weights, answer: (inputs) => tf.tidy(() => teacher.model.apply(inputs, { training: false }) as Tensor) },
    perSample: (logits, labels, taught) => {
      const own = loss.perSample(logits, labels);
      if (taught === undefined) return own;
      // Numbers have no distribution to be softened: what is wanted is the teacher's answer itself.
      const soft = areNumbers(labels)
        ? loss.perSample(logits, loss.answer(taught))
        : divergence(tf, loss.kind, logits, taught, distillTemperature);
      return tf.add(tf.mul(own, 1 - distillMix), tf.mul(soft, distillMix));
    },
  };
}

/** @throws StudioError `wrong-shape` where the teacher takes or gives another shape than the student; as `openNetwork` does */
export async function openTeacher(context: Pick<WorkContext, 'tf'>, path: string, student: Network): Promise<Network> {
  const teacher = await openNetwork(context, readModelFile(path));
  const shapes = ({ loaded: { model } }: Network) =>
    [...model.inputs, ...model.outputs]
      .map(({ shape }) =>
        shape
          .slice(1)
          .map((size) => size ?? '?')
          .join(' × '),
      )
      .join(' → ');
  const [theirs, ours] = [shapes(teacher), shapes(student)];
  if (theirs === ours && teacher.loss.kind === student.loss.kind) return teacher;
  const { name } = teacher.loaded.model;
  teacher.dispose();
  throw new StudioError(
    'wrong-shape',
    `The teacher answers otherwise than the network that is to learn from it: ${theirs} against ${ours}.`,
    {
      where: name,
      whatToDo: 'Choose a teacher for the same data, with the same classes and the same kind of output.',
    },
  );
}
