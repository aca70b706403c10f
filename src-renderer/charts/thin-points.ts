// Fewer points of a curve with the same look: largest triangle three buckets (Steinarsson 2013).
import type { Place } from './pareto-front.ts';

/**
 * At most `limit` (≥ 3) of the points, first and last always among them, x ascending. Each bucket gives the point that spans the
 * largest triangle with the point kept before it and the mean of the bucket after it, so that peaks survive.
 */
export function thinPoints<P extends Place>(points: readonly P[], limit: number): P[] {
  if (points.length <= limit || limit < 3) return [...points];
  const width = (points.length - 2) / (limit - 2);
  const kept = [points[0]!];
  for (let bucket = 0; bucket < limit - 2; bucket++) {
    const start = Math.floor(bucket * width) + 1;
    const end = Math.floor((bucket + 1) * width) + 1;
    const mean = meanOf(points.slice(end, Math.min(Math.floor((bucket + 2) * width) + 1, points.length)), points.at(-1)!);
    const before = kept.at(-1)!;
    let best = points[start]!;
    let largest = -1;
    for (let at = start; at < end; at++) {
      const point = points[at]!;
      const area = Math.abs((before.x - mean.x) * (point.y - before.y) - (before.x - point.x) * (mean.y - before.y));
      if (area > largest) [best, largest] = [point, area];
    }
    kept.push(best);
  }
  kept.push(points.at(-1)!);
  return kept;
}

function meanOf(points: readonly Place[], otherwise: Place): Place {
  if (points.length === 0) return otherwise;
  const sum = points.reduce((so, { x, y }) => ({ x: so.x + x, y: so.y + y }), { x: 0, y: 0 });
  return { x: sum.x / points.length, y: sum.y / points.length };
}
