// What the Pareto chart draws: a point a variant, its words for hovering, its summary in a sentence.
import { extent } from 'd3-array';
import type { Table } from './csv.ts';
import type { Look } from './looks.ts';
import { frontOf } from './pareto-front.ts';

export type ParetoPoint = Look & {
  readonly id: string;
  readonly name: string;
  /** The cost, less is better. */
  readonly x: number;
  /** The score, more is better: an accuracy from 0 to 1, or R², which has no lower end. */
  readonly y: number;
  /** Standard error of y; null where the number of samples isn't known. */
  readonly error: number | null;
  readonly parentId: string | null;
};

/** What an axis measures: its name with unit, and its numbers for ticks (`decimals`: what shares need as percent to tell ticks apart) and for text. */
export type Measure = {
  readonly label: string;
  readonly tick: (value: number, decimals: number) => string;
  readonly text: (value: number) => string;
};
export type Detail = { readonly label: string; readonly value: string };
/** How a click changes the selection: this alone, add or take away, or add all. */
export type SelectHow = 'only' | 'toggle' | 'add';

export function summarise(points: readonly ParetoPoint[], x: Measure, y: Measure): string {
  const [cheap = 0, dear = 0] = extent(points, (point) => point.x);
  const [low = 0, high = 0] = extent(points, (point) => point.y);
  const front = frontOf(points);
  const named = front
    .slice(0, 6)
    .map((index) => points[index]!)
    .map((point) => `${point.name} (${x.text(point.x)}, ${y.text(point.y)})`)
    .join('; ');
  const more = front.length > 6 ? `; and ${front.length - 6} more` : '';
  return (
    `${points.length} variants, ${y.label} ${y.text(low)} to ${y.text(high)}, ${x.label} ${x.text(cheap)} to ${x.text(dear)}. ` +
    `${front.length} on the Pareto front, cheapest first: ${named}${more}.`
  );
}

export function tableOf(points: readonly ParetoPoint[], x: Measure, y: Measure): Table {
  const front = new Set(frontOf(points));
  return {
    columns: ['name', x.label, y.label, 'on the front'],
    rows: points.map((point, index) => [point.name, point.x, point.y, front.has(index) ? 'yes' : 'no']),
  };
}
