// Weight times gradient of the loss, batch by batch, for gradient, Taylor and SNIP.
import type { Criterion } from '#criteria/criterion.ts';
import type { Recipe } from '#contract/recipe.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { prunesChannels } from '#pruning/check-criterion.ts';
import { addProducts, productsToWatch } from '#pruning/observations.ts';
import { notANumber } from '#pruning/select-smallest.ts';
import type { Network } from '../models/open-network.ts';
import { registerRandomLayers } from '../models/random-layers.ts';
import type { WorkContext } from '../work-context.ts';
import type { Watch } from './gather-evidence.ts';

export interface Watched {
  readonly network: Network;
  readonly artifact: ModelArtifact;
  readonly recipe: Recipe;
  readonly criterion: Criterion;
}

/**
 * The gradient is that of a training step (batch statistics, seeded dropout) but of the data's loss alone: a regularizer's pull says
 * nothing about what a weight is worth. The network is the caller's to throw away: moving statistics change.
 */
export function watchProducts({ tf }: Pick<WorkContext, 'tf'>, { network, artifact, recipe, criterion }: Watched): Watch {
  const watched = productsToWatch(artifact, recipe);
  // Doubles for channels; for millions of single weights as many bytes as the weights themselves.
  const Scores = prunesChannels(recipe) ? Float64Array : Float32Array;
  const sums = new Map(watched.map(({ key, length }) => [key, new Scores(length)]));
  const tensors = new Set(watched.flatMap(({ parts }) => parts.map(({ tensor }) => tensor)));
  const weights = network.loaded.weights.filter(({ name }) => tensors.has(name));
  // A frozen layer is judged as any other.
  for (const { variable } of weights) variable.trainable = true;
  let seen = 0;

  return {
    see: ({ inputs, labels }) => {
      Object.assign(registerRandomLayers(tf), { seed: recipe.seed, step: seen++, drawn: 0 });
      tf.tidy(() => {
        const { grads } = tf.variableGrads(
          () => tf.mean(network.loss.perSample(network.loaded.model.apply(inputs, { training: true }) as typeof inputs, labels)).asScalar(),
          weights.map(({ variable }) => variable),
        );
        const products = new Map(
          weights.map(({ name, variable }) => {
            const gradient = grads[variable.name]; // none where the loss doesn't depend on it
            return [
              name,
              gradient === undefined ? new Float32Array(variable.size) : (tf.mul(gradient, variable).dataSync() as Float32Array),
            ];
          }),
        );
        for (const each of watched) addProducts(sums.get(each.key)!, each, products, criterion);
      });
    },
    evidence: (batches) => {
      for (const [key, scores] of sums) {
        for (let entry = 0; entry < scores.length; entry++) scores[entry]! /= batches;
        if (scores.some(Number.isNaN)) throw notANumber(key);
      }
      return sums;
    },
  };
}
