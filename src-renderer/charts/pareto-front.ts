// The Pareto front as it is drawn: who is on it, and the stair that joins them.
import { paretoFront } from '#contract/comparison.ts';

export type Place = { readonly x: number; readonly y: number };

/** Indices of the points on the front, cheapest first; x is a cost (less is better), y a score (more is better). */
export function frontOf(points: readonly Place[]): number[] {
  return paretoFront(points.map(({ x, y }) => ({ cost: x, score: y })));
}

/**
 * The stair under which every point lies, in pixels: from each point right along its own score, then up to the next.
 * A straight line between two points would promise networks that nobody has; the stair promises only what exists.
 * `right` is where the last stair ends. Worked example: (0, 10) (5, 4), right 9 gives `M0,10H5V4H9`.
 */
export function stairOf(front: readonly Place[], right: number): string {
  const first = front[0];
  if (first === undefined) return '';
  const steps = front.slice(1).map(({ x, y }) => `H${round(x)}V${round(y)}`);
  return `M${round(first.x)},${round(first.y)}${steps.join('')}H${round(right)}`;
}

/** Points along the stair, `every` pixels apart, for labels to keep clear of it. */
export function alongStair(front: readonly Place[], right: number, every: number): Place[] {
  return front.flatMap((from, index) => {
    const to = front[index + 1] ?? { x: right, y: from.y };
    const flat = Array.from({ length: Math.ceil((to.x - from.x) / every) }, (_, step) => ({ x: from.x + step * every, y: from.y }));
    const rise = Array.from({ length: Math.ceil(Math.abs(to.y - from.y) / every) }, (_, step) => ({
      x: to.x,
      y: from.y + Math.sign(to.y - from.y) * step * every,
    }));
    return [...flat.slice(1), ...rise];
  });
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}
