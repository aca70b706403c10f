// Few, honest ticks: round numbers inside the domain, as many as there is room for, none invented.
import { ticks as roundTicks } from 'd3-array';

/** Round numbers (1, 2, 5 × 10ⁿ) inside [low, high], about `count` of them. */
export function linearTicks(low: number, high: number, count: number): number[] {
  return low === high ? [low] : roundTicks(low, high, count);
}

/**
 * Ticks of a log axis, all positive: powers of ten, joined by 2 and 5 where there is room; where the domain holds fewer than
 * two of those, linear ticks. Worked example: 30 000 to 500 000, count 4 gives 50 000, 100 000, 200 000, 500 000.
 */
export function logTicks(low: number, high: number, count: number): number[] {
  for (const mantissas of [[1, 2, 5], [1, 3], [1]]) {
    const found = decades(low, high)
      .flatMap((power) => mantissas.map((mantissa) => mantissa * power))
      .filter((tick) => inside(tick, low, high));
    if (found.length <= count + 1 && found.length >= 2) return found;
  }
  const powers = decades(low, high).filter((tick) => inside(tick, low, high));
  if (powers.length > count) {
    const every = Math.ceil(powers.length / count);
    return powers.filter((_, index) => index % every === 0);
  }
  return linearTicks(low, high, count).filter((tick) => tick > 0);
}

/**
 * Ticks of an accuracy on a log axis of its error, 0 ≤ low < high < 1: 90 %, 95 %, 98 %, 99 % … Worked example:
 * 0.5 to 0.99, count 5 gives 0.5, 0.8, 0.9, 0.95, 0.98, 0.99.
 */
export function errorTicks(low: number, high: number, count: number): number[] {
  return logTicks(1 - high, 1 - low, count)
    .map((error) => Number((1 - error).toPrecision(12)))
    .sort((a, b) => a - b);
}

/** A tick's text without zeros that say nothing: "20.0 KB" → "20 KB", "0.50" → "0.5". */
export function tidyTick(text: string): string {
  return text.replace(/(\.\d*?)0+(?!\d)/, '$1').replace(/\.(?!\d)/, '');
}

/** Decimals that tell neighbouring ticks apart: 0.98, 0.985 need 3. */
export function decimalsOf(ticks: readonly number[]): number {
  if (ticks.length < 2) return 2;
  const needed = ticks.map((tick) => (Number(tick.toPrecision(9)).toString().split('.')[1] ?? '').length);
  return Math.min(6, Math.max(...needed));
}

function inside(tick: number, low: number, high: number): boolean {
  return tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9);
}

function decades(low: number, high: number): number[] {
  const first = Math.floor(Math.log10(low));
  const last = Math.ceil(Math.log10(high));
  return Array.from({ length: last - first + 1 }, (_, index) => 10 ** (first + index));
}
