// Where everything in the Pareto chart goes: axes, places of marks, lines to parents, labels. Pure; the drawing follows it.
import { accuracyKind, costKind, makeAxis, type AxisModel } from './axes.ts';
import { alongStair, type Place } from './pareto-front.ts';
import type { ParetoPoint } from './pareto-points.ts';
import { placeLabels, shorten, textWidth, type PlacedLabel } from './place-labels.ts';

export const margin = { top: 26, right: 20, bottom: 40, left: 56 };
/** Past this many marks SVG grows slow: the faint ones go on a canvas. */
export const mostMarks = 1000;
/** Past this many, a colour each is noise: only the front and the chosen keep theirs. */
export const mostColors = 40;
/** Past this many, a line from each to its parent is a thicket: only the chosen show where they came from. */
const mostLinks = 16;
/** Past this many chosen ones not every label is worth covering a mark. */
const mostMusts = 12;

export interface ParetoFrame {
  readonly innerWidth: number;
  readonly innerHeight: number;
  readonly x: AxisModel;
  readonly y: AxisModel;
}

export function frameOf(points: readonly ParetoPoint[], width: number, height: number): ParetoFrame {
  const innerWidth = Math.max(80, width - margin.left - margin.right);
  const innerHeight = Math.max(80, height - margin.top - margin.bottom);
  const costs = points.map((point) => point.x);
  const scores = points.map((point) => point.y);
  const ends = points.length <= mostLinks ? points.flatMap(intervalOf) : scores;
  return {
    innerWidth,
    innerHeight,
    x: makeAxis(costs, costKind(costs), [0, innerWidth], Math.max(2, Math.floor(innerWidth / 90)), { limits: [0, Infinity] }),
    y: makeAxis(ends, accuracyKind(scores), [innerHeight, 0], Math.max(2, Math.floor(innerHeight / 48)), {
      limits: [Math.min(0, ...scores), 1],
    }),
  };
}

/** The 95 % interval of a share, within 0 and 1; a score without an error is itself. */
export function intervalOf({ y, error }: Pick<ParetoPoint, 'y' | 'error'>): readonly [low: number, high: number] {
  if (error === null) return [y, y];
  const half = 1.96 * error;
  return [Math.max(0, y - half), Math.min(1, y + half)];
}

/** The dearest cost and the lowest score that would do; null where anything does. */
export interface Budget {
  readonly most: number | null;
  readonly least: number | null;
}

/** Whether a point would do. Worked example: (60, 0.98) within at most 60 and at least 0.985 → no. */
export function fitsBudget({ x, y }: Pick<ParetoPoint, 'x' | 'y'>, { most, least }: Budget): boolean {
  return (most === null || x <= most) && (least === null || y >= least);
}

export interface Link {
  readonly from: Place;
  readonly to: Place;
  readonly key: string;
}

/** Lines from parents: of all where they are few, else of the chosen ones and of whoever they came from. */
export function linksOf(
  points: readonly ParetoPoint[],
  places: readonly Place[],
  indexOf: ReadonlyMap<string, number>,
  chosen: readonly number[],
): readonly Link[] {
  const from = points.length <= mostLinks ? points.map((_, index) => index) : ancestry(points, indexOf, chosen);
  return from.flatMap((index) => {
    const parent = points[index]?.parentId;
    const at = parent === null || parent === undefined ? undefined : indexOf.get(parent);
    return at === undefined ? [] : [{ from: places[at]!, to: places[index]!, key: String(index) }];
  });
}

function ancestry(points: readonly ParetoPoint[], indexOf: ReadonlyMap<string, number>, indices: readonly number[]): readonly number[] {
  const seen = new Set<number>();
  for (let index of indices) {
    while (!seen.has(index)) {
      seen.add(index);
      index = indexOf.get(points[index]?.parentId ?? '') ?? index;
    }
  }
  return [...seen];
}

/** Names beside their marks, the chosen ones first, then the baseline, then the front from its best end. */
export function labelsOf(
  points: readonly ParetoPoint[],
  places: readonly Place[],
  { innerWidth, innerHeight }: ParetoFrame,
  marked: { readonly chosen: readonly number[]; readonly baseline: number | undefined; readonly front: readonly number[] },
): readonly PlacedLabel[] {
  const { chosen, baseline, front } = marked;
  const must = new Set([...(baseline === undefined ? [] : [baseline]), ...(chosen.length <= mostMusts ? chosen : [])]);
  const order = [...new Set([...chosen.slice(0, mostMusts), ...(baseline === undefined ? [] : [baseline]), ...front.toReversed()])].slice(
    0,
    40,
  );
  const wishes = order.map((index) => {
    const text = shorten(points[index]!.name, 30);
    return { id: text, ...places[index]!, width: textWidth(text, 12), height: 14, must: must.has(index) };
  });
  const stair = alongStair(
    front.map((index) => places[index]!),
    innerWidth,
    6,
  );
  return placeLabels(
    wishes,
    thinned([...places, ...stair]),
    { left: 0, top: -margin.top, right: innerWidth + margin.right, bottom: innerHeight },
    9,
  );
}

/** One mark a cell of 6 pixels is enough to keep a label away, however many lie in it. */
function thinned(places: readonly Place[]): readonly Place[] {
  return [...new Map(places.map((place) => [Math.floor(place.x / 6) * 10_000 + Math.floor(place.y / 6), place])).values()];
}
