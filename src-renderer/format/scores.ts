// The one number that a variant is judged by: accuracy, or R² where the network answers with numbers.
import type { Evaluation } from '#contract/measurement.ts';
import { percent, unknown } from './numbers.ts';

export type Judged = Pick<Evaluation, 'accuracy' | 'regression'>;
export type ScoreKind = 'accuracy' | 'r2';

/** More is better in both; null where it isn't known. */
export function scoreOf(judged: Judged | null | undefined, kind: ScoreKind): number | null {
  return (kind === 'accuracy' ? judged?.accuracy : judged?.regression?.test.r2) ?? null;
}

/** What these are compared by: accuracy, unless all that were judged answer with numbers. */
export function kindOf(all: readonly (Judged | null)[]): ScoreKind {
  const judged = all.filter((one) => one !== null);
  return judged.length > 0 && judged.every(({ regression }) => regression !== undefined) ? 'r2' : 'accuracy';
}

/** "98.31 %"; of R² "0.9132". */
export function scoreText(score: number | null, kind: ScoreKind): string {
  return kind === 'accuracy' ? percent(score) : score === null ? unknown : score.toFixed(4).replace('-', '\u2212');
}

/** "98.31 %", or "R² 0.9132": where it stands alone. */
export function scoreInShort(judged: Judged | null | undefined): string {
  if (judged?.regression === undefined) return percent(judged?.accuracy);
  return `R² ${scoreText(scoreOf(judged, 'r2'), 'r2')}`;
}

/** How a score is called, and how it stands at an axis: `decimals` are those of a percentage, which a share has two more of. */
export const scoreMeasures = {
  accuracy: { label: 'test accuracy', word: 'accuracy', tick: percent, text: (value: number) => percent(value) },
  r2: {
    label: 'test R²',
    word: 'R²',
    tick: (value: number, decimals: number) => value.toFixed(decimals + 2),
    text: (value: number) => value.toFixed(4),
  },
} as const;
