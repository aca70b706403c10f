// Training curves ready to draw: the points of a run as train and validation lines, smoothed and thinned.
import type { MetricPoint } from '#contract/nouns.ts';
import type { Place } from './pareto-front.ts';
import { smoothSeries } from './smooth-series.ts';
import { thinPoints } from './thin-points.ts';
import type { RoundStart } from './training-rounds.ts';

export type TrainingRun = {
  readonly id: string;
  readonly name: string;
  readonly color: string;
  readonly points: readonly MetricPoint[];
  /** Where rounds of pruning begin, at the chosen x. */
  readonly rounds?: readonly RoundStart[];
};
export type TrainingY = 'loss' | 'accuracy';
export type TrainingX = 'step' | 'epoch';

export type RunLines = {
  readonly id: string;
  readonly name: string;
  readonly color: string;
  /** As measured, faint behind the smoothed one. */
  readonly raw: readonly Place[];
  readonly train: readonly Place[];
  readonly validation: readonly Place[];
  /** Share of the prunable weights that is zero. */
  readonly sparsity: readonly Place[];
  readonly rounds: readonly RoundStart[];
};

/** At most `limit` points a line. Training is read from step points, from epoch points where a run has no others. */
export function linesOf(run: TrainingRun, y: TrainingY, x: TrainingX, smoothing: number, limit: number): RunLines {
  const steps = run.points.filter((point) => point.kind === 'step');
  const epochs = run.points.filter((point) => point.kind === 'epoch');
  const source = steps.length > 0 ? steps : epochs;
  // A network that answers with numbers has no accuracy.
  const told = source.flatMap((point) => (point[y] === null ? [] : [{ at: point[x], value: point[y] }]));
  const at = told.map((point) => point.at);
  const values = told.map(({ value }) => value);
  const smooth = smoothSeries(values, smoothing);
  const places = (of: readonly number[]): Place[] =>
    thinPoints(
      of.flatMap((value, index) => (Number.isFinite(value) ? [{ x: at[index]!, y: value }] : [])),
      limit,
    );
  const scored = y === 'loss' ? 'valLoss' : 'valAccuracy';
  return {
    id: run.id,
    name: run.name,
    color: run.color,
    rounds: run.rounds ?? [],
    raw: smoothing > 0 ? places(values) : [],
    train: places(smooth),
    validation: epochs.flatMap((point) => {
      const value = point[scored];
      return value === null ? [] : [{ x: point[x], y: value }];
    }),
    sparsity: thinPoints(
      source.map((point) => ({ x: point[x], y: point.sparsity })),
      limit,
    ),
  };
}

/** The point of a line nearest to x; null of an empty line. Binary search: x ascends. */
export function nearestPoint(line: readonly Place[], x: number): Place | null {
  let low = 0;
  let high = line.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (line[middle]!.x < x) low = middle + 1;
    else high = middle;
  }
  const [left, right] = [line[low - 1], line[low]];
  if (right === undefined) return left ?? null;
  return left !== undefined && x - left.x < right.x - x ? left : right;
}
