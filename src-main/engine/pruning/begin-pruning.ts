// How a pruning job begins: the network as it was given, scored, and the network that pruning starts from.
import type { EngineTask } from '#contract/engine-messages.ts';
import { readModelFile } from '#formats/model-file.ts';
import { redrawn } from '#network/initialise.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { withoutTraining } from '#network/training-state.ts';
import { roundsOf } from '#pruning/schedules.ts';
import { skippedLayers } from '#pruning/skipped-layers.ts';
import { scoreVariant, validationAccuracy } from '../measuring/score-variant.ts';
import { tell, tellPhase, type WorkContext } from '../work-context.ts';
import { floorFrom } from './accuracy-floor.ts';
import type { PruningState } from './pruning-state.ts';

export type PruneTask = Extract<EngineTask, { kind: 'prune' }>;

/** The network as given, or with fresh weights where the recipe prunes at initialisation. @throws StudioError */
export function startingNetwork({ model, recipe }: PruneTask): ModelArtifact {
  const given = withoutTraining(readModelFile(model));
  return recipe.reinitialise ? redrawn(given, recipe.seed) : given;
}

/** @throws StudioError; Interrupted */
export async function beginPruning(context: WorkContext, { model, data, recipe }: PruneTask): Promise<PruningState> {
  tellPhase(context, 'pruning');
  warnOfWandering(context, recipe);
  const given = readModelFile(model);
  const before = await scoreVariant(context, given, data);
  const densely = roundsOf(recipe)[0]?.round === 0;
  const compared = data !== null && !densely && recipe.floorPoints !== null;
  const validation = compared ? await validationAccuracy(context, given, data) : null;
  return {
    before,
    skipped: skippedLayers(given, before, recipe),
    floor: densely ? null : floorFrom(recipe, validation ?? before.accuracy),
    at: 0,
    cut: null,
    rounds: [],
    epochs: [],
    steps: 0,
    seconds: 0,
    from: { steps: 0, epochs: 0, seconds: 0 },
    keptEpoch: null,
    kept: { round: null, cut: null, epoch: null },
  };
}

/**
 * What comes back is judged by how far it has moved beneath its mask. A step of plain gradients is as long as the gradient; Adam and RMSprop
 * divide by its usual size, so that those without any use wander as far as the others (resources/handbook/papers.md has what that costs).
 */
function warnOfWandering(context: WorkContext, { splice, epochs, optimizer }: PruneTask['recipe']): void {
  if (splice === 0 || epochs === 0 || !['adam', 'adamw', 'rmsprop'].includes(optimizer)) return;
  tell(context, {
    kind: 'note',
    text:
      `Pruned weights may come back, and ${optimizer} moves all of them by about the learning rate in every step, however small their gradients: ` +
      `chance may bring them back. Take momentum, with a rate of about 0.03.`,
  });
}
