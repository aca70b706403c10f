// Runs training samples through a network for criteria that look beyond its weights.
import { criterionNamed } from '#criteria/all-criteria.ts';
import { StudioError } from '#contract/errors.ts';
import type { Recipe } from '#contract/recipe.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { shuffledOrder } from '#network/random.ts';
import { checkCriterion } from '#pruning/check-criterion.ts';
import { noEvidence, type Evidence } from '#pruning/evidence.ts';
import { checkDataFor } from '#pruning/observations.ts';
import type { Batch } from '../data/batches.ts';
import { openData } from '../data/open-data.ts';
import { openNetwork } from '../models/open-network.ts';
import { tellProgress, type WorkContext } from '../work-context.ts';
import { watchAnswers } from './watch-answers.ts';
import { watchProducts } from './watch-products.ts';

/** Apart from the orders of training epochs and of studies. */
const DRAW = 0x5c0e;

/** Looks at one batch after the other; `evidence` is the mean over all. */
export interface Watch {
  see(batch: Batch): void;
  evidence(batches: number): Evidence;
}

/**
 * For a criterion that looks at gradients or activations, what `selectMasks` needs of this network: the same for the same weights and
 * seed. Nothing is read for other criteria. The samples are `scoreSamples` of the training split, in batches as equal as can be.
 * @throws StudioError `bad-input` without data, `unsupported`, `diverged`; Interrupted
 */
export async function gatherEvidence(
  context: WorkContext,
  artifact: ModelArtifact,
  recipe: Recipe,
  dataPath: string | null,
): Promise<Evidence> {
  checkCriterion(recipe);
  const criterion = criterionNamed(recipe.criterion);
  checkDataFor(recipe, dataPath !== null);
  if (dataPath === null || (criterion.looksAt !== 'products' && criterion.looksAt !== 'activations')) return noEvidence;
  const network = await openNetwork(context, artifact);
  try {
    const { train } = openData(context.tf, dataPath, network.loaded.model, network.head);
    const samples = Math.min(recipe.scoreSamples, train.samples);
    if (samples === 0)
      throw new StudioError('bad-input', 'The training split of these data has no samples to score on.', { where: 'data' });
    const order = shuffledOrder(train.samples, recipe.seed, DRAW);
    const batches = Math.max(1, Math.ceil(samples / recipe.batch));
    const watch = (criterion.looksAt === 'products' ? watchProducts : watchAnswers)(context, { network, artifact, recipe, criterion });
    const began = performance.now();
    for (let at = 0; at < batches; at++) {
      await context.interruption.breathe();
      const [from, to] = [at, at + 1].map((part) => Math.floor((part * samples) / batches));
      const batch = train.gather(from!, to!, order);
      watch.see(batch);
      batch.dispose();
      const seconds = (performance.now() - began) / 1000;
      tellProgress(context, {
        phase: 'scoring',
        step: at + 1,
        steps: batches,
        epoch: 0,
        epochs: 0,
        secondsLeft: (seconds * (batches - at - 1)) / (at + 1),
        imagesPerSecond: seconds === 0 ? null : to! / seconds,
      });
    }
    return watch.evidence(batches);
  } finally {
    network.dispose();
  }
}
