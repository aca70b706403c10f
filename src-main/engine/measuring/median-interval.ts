// The median of a sample and the 95 % interval of the median, without any guess about how times are spread.

export interface MedianInterval {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The interval lies between two of the sorted values, by the binomial's normal approximation: those 0.98 · √n ranks either side of the middle
 * (Conover, Practical Nonparametric Statistics, 3.2). Worked example: of 1 … 100 the median is 50.5, the interval 41 to 60.
 */
export function medianInterval(values: readonly number[]): MedianInterval {
  const sorted = Float64Array.from(values).sort();
  const n = sorted.length;
  const at = (index: number) => sorted[Math.min(n - 1, Math.max(0, index))] ?? NaN;
  const reach = 0.98 * Math.sqrt(n);
  return {
    median: (at((n - 1) >> 1) + at(n >> 1)) / 2,
    low: at(Math.ceil(n / 2 - reach) - 1),
    high: at(Math.ceil(n / 2 + reach) - 1),
  };
}
