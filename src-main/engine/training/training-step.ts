// What a training step can do, however it is run.
import type { NamedTensor } from '#network/model-artifact.ts';
import type { Batch } from '../data/batches.ts';
import type { LossFunctions } from './losses.ts';
import type { UpdateRule } from './optimizers.ts';

/** 1 keeps a weight, 0 holds it at exactly 0; by the weight's name. */
export type Masks = ReadonlyMap<string, Uint8Array>;

export interface StepOutcome {
  /** Mean over the batch, regularisation included. */
  readonly loss: number;
  /** How many of the batch were answered right. */
  readonly hits: number;
}

/**
 * What becomes of a weight under its mask:
 * - `zero`: it is 0 and stays so.
 * - `frozen`: the network sees 0, and the weight keeps its number beneath, so that it comes back as it was (Sanh et al. 2020).
 * - `trained`: the network sees 0, and the weight goes on moving by the gradient that it would have (Guo et al. 2016, straight through).
 */
export type Beneath = 'zero' | 'frozen' | 'trained';

/** The slot that −Σ w · ∂L/∂w gathers in, w being the weight beneath the mask. */
export const MOVEMENT = 'movement';

export interface StepOptions {
  /** `zero` if left out. */
  readonly beneath?: Beneath;
  /** Weights whose movement is gathered; none if left out. */
  readonly moving?: ReadonlySet<string>;
  readonly loss: LossFunctions;
  readonly rule: UpdateRule;
  /** Steps that the optimizer has seen before this run, where it goes on; 0 if left out. */
  readonly stepsBefore?: number;
  /** Of what is drawn at random within a step. */
  readonly seed: number;
}

export interface TrainingStep {
  /** How it runs; it stands in every checkpoint, as the last bits depend on it. */
  readonly kind: 'eager' | 'compiled';
  /** Forward, gradients, update, masks. `step` counts from 0 over the whole run; equal state and arguments give equal bits. */
  run(batch: Batch, step: number, rate: number): StepOutcome;
  /** Weights are masked at once, and the network sees zeros in their place from here on. */
  setMasks(masks: Masks): void;
  /** The optimizer's tensors, `weight/slot`, and the movement of weights, `weight/movement`. */
  captureSlots(): NamedTensor[];
  restoreSlots(slots: readonly NamedTensor[]): void;
  /**
   * Puts the trained weights into the model's own variables, for evaluation and capture: as the network sees them, or as they are
   * beneath the masks, which a checkpoint needs. What the network sees has to be published again before the next step.
   */
  publish(form?: 'seen' | 'beneath'): void;
  dispose(): void;
}
