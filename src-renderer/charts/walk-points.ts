// Moving among points: by arrow keys in the order of an axis, and by a brush.
import type { Place } from './pareto-front.ts';

/**
 * Index of the point that a key leads to: left and right go by x, up and down by y (pixels grow downward), Home and End to the
 * ends in x. Ties go by the other axis, then by index, so every point can be reached. Null for other keys and no points.
 */
export function neighbour(places: readonly Place[], from: number | null, key: string): number | null {
  if (places.length === 0 || !/^(Arrow(Left|Right|Up|Down)|Home|End)$/.test(key)) return null;
  const upright = key === 'ArrowUp' || key === 'ArrowDown';
  const order = places
    .map((_, index) => index)
    .sort((a, b) => {
      const [p, q] = [places[a]!, places[b]!];
      return (upright ? p.y - q.y || p.x - q.x : p.x - q.x || p.y - q.y) || a - b;
    });
  if (key === 'Home') return order[0]!;
  if (key === 'End') return order.at(-1)!;
  const forward = key === 'ArrowRight' || key === 'ArrowDown';
  if (from === null) return forward ? order[0]! : order.at(-1)!;
  const at = order.indexOf(from) + (forward ? 1 : -1);
  return order[Math.min(order.length - 1, Math.max(0, at))]!;
}

/** Indices of the points inside the rectangle between two corners. */
export function indicesWithin(places: readonly Place[], a: Place, b: Place): number[] {
  const [left, right] = [Math.min(a.x, b.x), Math.max(a.x, b.x)];
  const [top, bottom] = [Math.min(a.y, b.y), Math.max(a.y, b.y)];
  return places.flatMap(({ x, y }, index) => (x >= left && x <= right && y >= top && y <= bottom ? [index] : []));
}
