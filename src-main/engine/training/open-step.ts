// Chooses how training steps are run.
import type { Optimizer } from '#contract/recipe.ts';
import type { Network } from '../models/open-network.ts';
import type { WorkContext } from '../work-context.ts';
import { EagerStep } from './eager-step.ts';
import type { TrainingStep } from './training-step.ts';

export interface StepSettings {
  readonly optimizer: Optimizer;
  readonly seed: number;
}

/** How `openStep` runs steps; it stands in every checkpoint, as bits depend on it. */
export const STEP_KIND = 'eager';

/** A step over the network's own variables, with slots at zero and no masks. */
export function openStep({ tf }: Pick<WorkContext, 'tf'>, { loaded, loss }: Network, { optimizer, seed }: StepSettings): TrainingStep {
  return new EagerStep(tf, loaded, { loss, optimizer, seed });
}
