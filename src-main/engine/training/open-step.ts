// Chooses how training steps are run: as one compiled graph where the network can be traced, else kernel by kernel, said aloud.
import type { TrainSettings } from '#contract/recipe.ts';
import type { OpenData } from '../data/open-data.ts';
import type { Network } from '../models/open-network.ts';
import { tell, type WorkContext } from '../work-context.ts';
import { NotTraceable } from './compiled/trace.ts';
import { CompiledStep } from './compiled/compiled-step.ts';
import type { Checkpoint } from './checkpoint.ts';
import { EagerStep } from './eager-step.ts';
import type { LossFunctions } from './losses.ts';
import { updateRule } from './optimizers.ts';
import { withScalePenalty } from './scale-penalty.ts';
import type { StepOptions, TrainingStep } from './training-step.ts';

export type StepSettings = Pick<TrainSettings, 'optimizer' | 'weightDecay' | 'clip' | 'scaleL1' | 'seed' | 'batch'> &
  Pick<StepOptions, 'beneath' | 'moving' | 'stepsBefore'>;

/**
 * A step over the network's own variables, with the checkpoint's slots and masks, or with slots at zero and no masks. `loss`: where it is not
 * the network's own.
 */
export function openStep(
  context: WorkContext,
  network: Network,
  data: OpenData,
  settings: StepSettings,
  resumed: Checkpoint | undefined,
  loss: LossFunctions = network.loss,
): TrainingStep {
  const step = choose(context, network, data, settings, loss);
  if (resumed === undefined) return step;
  if (resumed.step !== step.kind)
    tell(context, { kind: 'note', text: `Not bit-identical to a run never stopped: ${step.kind} steps after ${resumed.step} ones.` });
  step.restoreSlots(resumed.slots);
  if (resumed.masks.size > 0) step.setMasks(resumed.masks);
  return step;
}

function choose(
  context: WorkContext,
  { loaded }: Network,
  { train, sampleShape, targets }: OpenData,
  { seed, batch, scaleL1, beneath = 'zero', moving = new Set(), stepsBefore = 0, ...settings }: StepSettings,
  loss: LossFunctions,
): TrainingStep {
  const options = {
    loss: withScalePenalty(context.tf, loss, loaded, scaleL1),
    rule: updateRule(settings),
    seed,
    beneath,
    moving,
    stepsBefore,
  };
  try {
    return new CompiledStep(
      context.tf,
      loaded,
      { ...options, inputShape: sampleShape, targets },
      Math.max(1, Math.min(batch, train.samples)),
    );
  } catch (thrown) {
    if (!(thrown instanceof NotTraceable)) throw thrown;
    tell(context, { kind: 'note', text: `Training runs kernel by kernel, not as one graph, because ${thrown.message}.` });
    return new EagerStep(context.tf, loaded, options);
  }
}
