// The learning rate as a pure function of the step, so that a resumed run has the same without carrying any state.
import type { StepFields } from '#contract/recipe.ts';

export type RateSettings = Pick<StepFields, 'rate' | 'decay' | 'warmUp' | 'dropEvery' | 'dropFactor'>;

/** `perEpoch`: steps of an epoch; `steps`: of the whole run. */
export interface RunLength {
  readonly perEpoch: number;
  readonly steps: number;
}

/**
 * Warm-up rises in equal parts to `rate` (Goyal et al. 2017); what follows falls over the steps that are left:
 * - `cosine`: rate · ½ (1 + cos(π · t)), SGDR without restarts (Loshchilov & Hutter 2017), t from 0 to 1;
 * - `step`: rate · dropFactor^k after k times `dropEvery` epochs, counted from the start of the run;
 * - `constant`: rate.
 *
 * Worked example, rate 0.1 over 100 steps, cosine: step 0 → 0.1, step 50 → 0.05, step 100 → 0. With a warm-up of 20 steps: step 0 → 0.005, step
 * 19 → 0.1, step 60 → 0.05. With 10 steps an epoch and a drop to a tenth every 3 epochs: step 29 → 0.1, step 30 → 0.01, step 60 → 0.001.
 */
export function learningRateAt(settings: RateSettings, step: number, { perEpoch, steps }: RunLength): number {
  const { rate, decay, dropEvery, dropFactor } = settings;
  const rising = Math.min(steps, Math.round(settings.warmUp * perEpoch));
  if (step < rising) return (rate * (step + 1)) / rising;
  switch (decay) {
    case 'constant':
      return rate;
    case 'cosine':
      return rate * 0.5 * (1 + Math.cos((Math.PI * (step - rising)) / Math.max(1, steps - rising)));
    case 'step':
      return rate * dropFactor ** Math.floor(step / Math.max(1, Math.round(dropEvery * perEpoch)));
  }
}
