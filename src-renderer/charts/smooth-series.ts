// An exponential moving average without the pull toward zero at its start.

/**
 * `weight` 0 gives the values back, 0.9 averages over about the last 10. Divided by 1 − weightⁿ as Adam's moments are
 * (Kingma & Ba 2015), so the first smoothed value is the first value. A value that isn't finite is passed on and not averaged.
 * Worked example, weight 0.5: [4, 2] gives [4, (0.5·2 + 0.25·4) / 0.75] = [4, 2.667].
 */
export function smoothSeries(values: readonly number[], weight: number): number[] {
  if (weight <= 0) return [...values];
  let mean = 0;
  let mass = 0;
  return values.map((value) => {
    if (!Number.isFinite(value)) return value;
    mean = weight * mean + (1 - weight) * value;
    mass = weight * mass + (1 - weight);
    return mean / mass;
  });
}
