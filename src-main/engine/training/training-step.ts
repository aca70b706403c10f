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

export interface StepOptions {
  readonly loss: LossFunctions;
  readonly rule: UpdateRule;
  /** Of what is drawn at random within a step. */
  readonly seed: number;
}

export interface TrainingStep {
  /** How it runs; it stands in every checkpoint, as the last bits depend on it. */
  readonly kind: 'eager' | 'compiled';
  /** Forward, gradients, update, masks. `step` counts from 0 over the whole run; equal state and arguments give equal bits. */
  run(batch: Batch, step: number, rate: number): StepOutcome;
  /** Weights are masked at once and stay at +0.0 from here on. */
  setMasks(masks: Masks): void;
  /** The optimizer's tensors, `weight/slot`. */
  captureSlots(): NamedTensor[];
  restoreSlots(slots: readonly NamedTensor[]): void;
  /** Puts the trained weights into the model's own variables, for evaluation and capture. */
  publish(): void;
  dispose(): void;
}
