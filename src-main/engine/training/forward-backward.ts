// The forward and backward pass of one batch: loss, right answers, and the gradient of every trainable weight.
import type { Tensor } from '@tensorflow/tfjs-node';
import type { LoadedModel } from '../models/load-model.ts';
import { weightPenalties } from '../models/penalties.ts';
import type { Tensorflow } from '../runtime/load-tensorflow.ts';
import type { LossFunctions } from './losses.ts';

export interface PassResult {
  /** Mean over the batch, regularisation included; a scalar. */
  readonly loss: Tensor;
  /** How many were answered right; an int32 scalar. */
  readonly hits: Tensor;
  /** By the weight's name; a weight on which the loss doesn't depend has none. */
  readonly gradients: ReadonlyMap<string, Tensor>;
}

/** `loaded` answers with logits. The results are the caller's to dispose of; all else is disposed of here. */
export function forwardBackward(
  tf: Tensorflow,
  loaded: LoadedModel,
  loss: LossFunctions,
  { inputs, labels }: { readonly inputs: Tensor; readonly labels: Tensor },
): PassResult {
  const trained = loaded.weights.filter(({ trainable }) => trainable);
  let hits: Tensor | undefined;
  // Left by a pass that was none of ours.
  tf.dispose(loaded.activityPenalties?.() ?? []);
  let activity: Tensor[] = [];
  const taught = loss.teacher?.answer(inputs);
  const { value, grads } = tf.variableGrads(
    () => {
      const logits = loaded.model.apply(inputs, { training: true }) as Tensor;
      hits = tf.keep(tf.tidy(() => tf.sum(loss.hits(logits, labels))));
      activity = loaded.activityPenalties?.() ?? [];
      const penalties = [...weightPenalties(loaded.model), ...activity, ...(loss.penalty === undefined ? [] : [loss.penalty()])];
      return penalties.reduce((sum, penalty) => tf.add(sum, penalty), tf.mean(loss.perSample(logits, labels, taught))).asScalar();
    },
    trained.map(({ variable }) => variable),
  );
  taught?.dispose();
  tf.dispose(activity);
  const gradients = trained.flatMap(({ name, variable }) => (grads[variable.name] ? [[name, grads[variable.name]!] as const] : []));
  return { loss: value, hits: hits!, gradients: new Map(gradients) };
}
