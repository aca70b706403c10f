// Parallel coordinates as arithmetic: what an axis holds, who lies within all brushes, whose line runs nearest.
import { costKind, makeAxis, type AxisKind, type AxisModel } from './axes.ts';
import type { Table } from './csv.ts';
import type { Look } from './looks.ts';
import type { SelectHow } from './pareto-points.ts';

export interface ParallelAxis {
  readonly id: string;
  readonly label: string;
  /** By row; null is unknown. */
  readonly values: readonly (number | null)[];
  /** Costs choose between linear and log by themselves; scores say. */
  readonly kind?: AxisKind;
  readonly text: (value: number) => string;
}
/** Intervals of values by axis, both ends included. */
export type Brushes = ReadonlyMap<string, readonly [low: number, high: number]>;

/** What the chart is told, by whoever stands around it and by the drawing within. */
export interface ParallelProps {
  readonly rows: readonly (Look & { readonly id: string; readonly name: string })[];
  readonly axes: readonly ParallelAxis[];
  readonly brushes: Brushes;
  /** Whether a row passes all filters. */
  readonly inside: (row: number) => boolean;
  readonly baselineId: string | null;
  readonly selected: { readonly has: (id: string) => boolean };
  readonly onBrush: (brushes: Brushes) => void;
  readonly onSelect: (ids: readonly string[], how: SelectHow) => void;
}

/** Indices of the rows whose value is known and within the brush on every axis that has one; null where none has. */
export function rowsWithin(axes: readonly ParallelAxis[], brushes: Brushes): ReadonlySet<number> | null {
  const brushed = axes.flatMap((axis) => {
    const ends = brushes.get(axis.id);
    return ends === undefined ? [] : [{ axis, ends }];
  });
  const [first] = brushed;
  if (first === undefined) return null;
  const inside = (index: number) =>
    brushed.every(({ axis, ends: [low, high] }) => {
      const value = axis.values[index];
      return value !== null && value !== undefined && value >= low && value <= high;
    });
  return new Set(first.axis.values.flatMap((_, index) => (inside(index) ? [index] : [])));
}

/** The axis in pixels, large values at the top. */
export function modelOf({ values, kind }: ParallelAxis, height: number): AxisModel {
  const known = values.filter((value) => value !== null);
  return makeAxis(known, kind ?? costKind(known), [height, 0], 4);
}

/** Heights of a row at every axis; null where the value is unknown, and the line has a gap. */
export function heightsOf(axes: readonly ParallelAxis[], models: readonly AxisModel[], row: number): readonly (number | null)[] {
  return axes.map(({ values }, at) => {
    const value = values[row];
    return value === null || value === undefined ? null : models[at]!.toPixels(value);
  });
}

/** "M0,10L100,20" between known neighbours; a row known at one axis alone has no line. */
export function pathOf(xs: readonly number[], heights: readonly (number | null)[]): string {
  return heights.map((y, at) => (y === null ? '' : `${heights[at - 1] == null ? 'M' : 'L'}${xs[at]!.toFixed(1)},${y.toFixed(1)}`)).join('');
}

/** The row whose line is nearest to a point, by its height there; null where none is within `reach`. */
export function nearestLine(
  xs: readonly number[],
  lines: readonly (readonly (number | null)[])[],
  { x, y }: { readonly x: number; readonly y: number },
  reach: number,
): number | null {
  const at = Math.max(1, xs.findIndex((right) => right >= x) === -1 ? xs.length - 1 : xs.findIndex((right) => right >= x));
  const share = (x - xs[at - 1]!) / (xs[at]! - xs[at - 1]!);
  let best: number | null = null;
  let least = reach;
  lines.forEach((heights, row) => {
    const [from, to] = [heights[at - 1], heights[at]];
    if (from == null || to == null) return;
    const distance = Math.abs(from + (to - from) * share - y);
    if (distance <= least) [best, least] = [row, distance];
  });
  return best;
}

export function parallelTable(names: readonly string[], axes: readonly ParallelAxis[]): Table {
  return {
    columns: ['name', ...axes.map(({ label }) => label)],
    rows: names.map((name, row) => [name, ...axes.map(({ values }) => values[row] ?? null)]),
  };
}
