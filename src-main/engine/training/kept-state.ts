// Between a step that runs and the state that a network carries: taken up where training goes on, captured where it ends.
import { decayOf, type StepFields } from '#contract/recipe.ts';
import type { ModelArtifact, NamedTensor } from '#network/model-artifact.ts';
import { lastingSlots, slotsInOrder, type TrainingState } from '#network/training-state.ts';
import type { LoadedModel } from '../models/load-model.ts';
import { tell, type WorkContext } from '../work-context.ts';
import { slotNames } from './optimizers.ts';
import type { TrainingStep } from './training-step.ts';

/**
 * The state that training with these settings goes on from; undefined where the network carries none, or one of another optimizer, which is
 * said.
 */
export function stateToGoOnFrom(
  context: WorkContext,
  { training }: ModelArtifact,
  { optimizer }: Pick<StepFields, 'optimizer'>,
): TrainingState | undefined {
  if (training === undefined || training.steps === 0) return undefined;
  if (training.optimizer === optimizer) {
    tell(context, { kind: 'note', text: `Goes on with what ${optimizer} remembers of ${training.steps} earlier steps.` });
    return training;
  }
  tell(context, {
    kind: 'note',
    text: `What ${training.optimizer} remembers of earlier training is of no use to ${optimizer}, which begins anew.`,
  });
  return undefined;
}

/** Puts the slots into a step that has seen none. Slots that don't last (RMSprop's move) begin at zero. */
export function restoreState(step: TrainingStep, { weights }: LoadedModel, state: TrainingState): void {
  const trained = weights.filter(({ trainable }) => trainable);
  const tensors = trained.map(({ name, variable }): NamedTensor => ({
    name,
    dtype: 'float32',
    shape: variable.shape,
    data: new Float32Array(0),
  }));
  const slots = slotsInOrder(state, lastingSlots[state.optimizer].length === 0 ? [] : tensors);
  if (slots === undefined) return;
  const known = new Map(slots.map((slot) => [slot.name, slot]));
  step.restoreSlots(
    trained.flatMap(({ name, variable }) =>
      slotNames[state.optimizer].map(
        (slot): NamedTensor =>
          known.get(`${name}/${slot}`) ?? {
            name: `${name}/${slot}`,
            dtype: 'float32',
            shape: variable.shape,
            data: new Float32Array(variable.size),
          },
      ),
    ),
  );
}

/** What goes with the network from here. `steps`: of all the training that the slots have seen. */
export function capturedState(step: TrainingStep, loss: TrainingState['loss'], settings: StepFields, steps: number): TrainingState {
  const { optimizer, rate, clip } = settings;
  const lasting = lastingSlots[optimizer];
  return {
    optimizer,
    rate,
    weightDecay: decayOf(settings),
    clip,
    loss,
    steps,
    slots: step.captureSlots().filter(({ name }) => lasting.includes(name.slice(name.lastIndexOf('/') + 1))),
  };
}
