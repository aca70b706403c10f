// The learning rate as a pure function of the step, so that a resumed run has the same without carrying any state.

/**
 * `cosine`: rate · ½ (1 + cos(π · step / steps)), SGDR without restarts (Loshchilov & Hutter 2017).
 * Worked example, rate 0.1 over 100 steps: step 0 → 0.1, step 50 → 0.05, step 100 → 0.
 */
export function learningRateAt(
  { rate, decay }: { readonly rate: number; readonly decay: 'cosine' | 'constant' },
  step: number,
  steps: number,
): number {
  return decay === 'constant' ? rate : rate * 0.5 * (1 + Math.cos((Math.PI * step) / steps));
}
