// Scores a network with some of its weights masked, over and over: one compiled forward, and only weights are changed between two scores.
import type { Score } from '#contract/measurement.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { applyMasks, type Masks } from '#pruning/weight-masks.ts';
import type { Batches } from '../data/batches.ts';
import { assign, type LoadedModel } from '../models/load-model.ts';
import { asScore, scoreSplit, type Scorer } from './score-split.ts';

export interface MaskedScorer {
  /** With the entries zero that any of the masks removes; everything else as in the artifact. @throws Interrupted */
  score(masks: readonly Masks[]): Promise<Score>;
}

/** `loaded` has the artifact's weights, and has them again after each score. `order`: the samples that count. */
export function openMaskedScorer(
  scorer: Scorer,
  loaded: LoadedModel,
  artifact: ModelArtifact,
  batches: Batches,
  order: ArrayLike<number>,
): MaskedScorer {
  const variables = new Map(loaded.weights.map(({ name, variable }) => [name, variable]));
  const put = (source: ModelArtifact, names: ReadonlySet<string>) => {
    for (const tensor of source.weights) {
      const variable = names.has(tensor.name) ? variables.get(tensor.name) : undefined;
      if (variable !== undefined) assign(scorer.tf, variable, tensor);
    }
  };
  return {
    async score(masks) {
      const touched = new Set(masks.flatMap((each) => [...each.keys()]));
      const masked = masks.reduce(applyMasks, { ...artifact, weights: artifact.weights.filter(({ name }) => touched.has(name)) });
      put(masked, touched);
      try {
        return asScore(await scoreSplit(scorer, batches, order));
      } finally {
        put(artifact, touched);
      }
    },
  };
}
