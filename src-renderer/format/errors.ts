// How good a network's answers are, in words: a share of right ones, or how far its numbers are from those that were wanted.
import type { Evaluation, RegressionScore } from '#contract/measurement.ts';
import { percent, significant } from './numbers.ts';

/** "RMSE 0.4210, R² 0.9132" */
export function errors({ rmse, r2 }: RegressionScore): string {
  return `RMSE ${significant(rmse)}${r2 === null ? '' : `, R² ${r2.toFixed(4)}`}`;
}

/** "98.31 %", or "RMSE 0.4210"; a dash where it is not evaluated. */
export function scoreInShort(evaluation: Pick<Evaluation, 'accuracy' | 'regression'> | null | undefined): string {
  const numbers = evaluation?.regression?.test;
  return numbers === undefined ? percent(evaluation?.accuracy) : `RMSE ${significant(numbers.rmse)}`;
}
