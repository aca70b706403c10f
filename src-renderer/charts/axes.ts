// An axis worked out from values: its kind, its domain with a little air, its scale and its ticks.
import { extent } from 'd3-array';
import { scaleLinear, scaleLog } from 'd3-scale';
import { errorTicks, linearTicks, logTicks } from './ticks.ts';

export type AxisKind = 'linear' | 'log' | 'error';
/** `toPixels` and `toValue` are inverse to each other. */
export type AxisModel = {
  readonly kind: AxisKind;
  readonly ticks: readonly number[];
  readonly toPixels: (value: number) => number;
  readonly toValue: (pixels: number) => number;
};

/** Past this ratio of largest to smallest, values are orders of magnitude and a linear axis would pile them up at one end. */
const ordersOfMagnitude = 20;

/** Log if all values are positive and spread over orders of magnitude, else linear. */
export function costKind(values: readonly number[]): AxisKind {
  const [low, high] = extent(values);
  return low !== undefined && high !== undefined && low > 0 && high / low >= ordersOfMagnitude ? 'log' : 'linear';
}

/** Accuracies: by the log of their error if errors spread over orders of magnitude (99 % is half as wrong as 98 %), else linear. */
export function accuracyKind(values: readonly number[]): AxisKind {
  const [low, high] = extent(values);
  return low !== undefined && high !== undefined && high < 1 && (1 - low) / (1 - high) >= ordersOfMagnitude ? 'error' : 'linear';
}

/**
 * `range` in pixels from the axis' low end to its high end; `count` ticks at most, about. `zero` lets a linear axis start at 0.
 * `limits` (as [0, 1] for shares) is never passed by the air around the values.
 */
export function makeAxis(
  values: readonly number[],
  kind: AxisKind,
  range: readonly [number, number],
  count: number,
  { zero = false, limits = [-Infinity, Infinity] }: { zero?: boolean; limits?: readonly [number, number] } = {},
): AxisModel {
  const [low = 0, high = 1] = extent(values);
  if (kind === 'log') return logAxis(low, high, range, count);
  if (kind === 'error') return errorAxis(low, high, range, count);
  const air = high > low ? (high - low) * 0.08 : Math.abs(high) * 0.05 || 0.5;
  const domain = [zero ? 0 : Math.max(limits[0], low - air), Math.min(limits[1], high + air)] as const;
  const scale = scaleLinear(domain, range);
  return { kind, ticks: linearTicks(domain[0], domain[1], count), toPixels: scale, toValue: (pixels) => scale.invert(pixels) };
}

function logAxis(low: number, high: number, range: readonly [number, number], count: number): AxisModel {
  const air = high > low ? (high / low) ** 0.05 : 1.2;
  const scale = scaleLog([low / air, high * air], range);
  return { kind: 'log', ticks: logTicks(low / air, high * air, count), toPixels: scale, toValue: (pixels) => scale.invert(pixels) };
}

/** A perfect score has no log error: the axis ends at a tenth of the smallest error that is left, at 1e-4 if all are perfect. */
function errorAxis(low: number, high: number, range: readonly [number, number], count: number): AxisModel {
  const smallest = Math.max(1 - high, 1e-4);
  const largest = Math.max(1 - low, smallest);
  const air = largest > smallest ? (largest / smallest) ** 0.05 : 1.2;
  const domain = [Math.min(1, largest * air), smallest / air] as const;
  const scale = scaleLog(domain, range);
  return {
    kind: 'error',
    ticks: errorTicks(1 - domain[0], 1 - domain[1], count),
    toPixels: (value) => scale(Math.min(domain[0], Math.max(domain[1], 1 - value))),
    toValue: (pixels) => 1 - scale.invert(pixels),
  };
}
