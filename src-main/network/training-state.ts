// What an optimizer remembers when training ends, carried with a network so that training can go on elsewhere where it stopped.
import type { ModelArtifact, NamedTensor } from './model-artifact.ts';

export type OptimizerName = 'sgd' | 'momentum' | 'nesterov' | 'adam' | 'adamw' | 'rmsprop';

export interface TrainingState {
  readonly optimizer: OptimizerName;
  /** The learning rate as it was set. */
  readonly rate: number;
  /** Decoupled, of adamw alone. */
  readonly weightDecay: number;
  /** The largest norm of all gradients together; 0 for any. */
  readonly clip: number;
  readonly loss: 'categorical' | 'binary' | 'mse';
  /** Steps that the slots have seen. */
  readonly steps: number;
  /** `weight/slot`, of every weight that was trained, with the weight's shape. */
  readonly slots: readonly NamedTensor[];
}

/** The slots that last from one step to the next, in Keras's order: what it calls momentum and velocity. */
export const lastingSlots: Readonly<Record<OptimizerName, readonly string[]>> = {
  sgd: [],
  momentum: ['velocity'],
  nesterov: ['velocity'],
  adam: ['m', 'v'],
  adamw: ['m', 'v'],
  rmsprop: ['ms'],
};

/** For whoever changes weights or shapes: slots say nothing of other weights than those that they were made with. */
export function withoutTraining({ topology, weights, metadata }: ModelArtifact): ModelArtifact {
  return { topology, weights, metadata };
}

/** The weights that have slots, of those named: in their order. Undefined where a trained weight lacks one or has another shape. */
export function slotsInOrder({ optimizer, slots }: TrainingState, weights: readonly NamedTensor[]): NamedTensor[] | undefined {
  const byName = new Map(slots.map((slot) => [slot.name, slot]));
  const found: NamedTensor[] = [];
  for (const { name, shape } of weights) {
    for (const slot of lastingSlots[optimizer]) {
      const tensor = byName.get(`${name}/${slot}`);
      if (tensor?.shape.join() !== shape.join()) return undefined;
      found.push(tensor);
    }
  }
  return found.length === slots.length ? found : undefined;
}
