// How far a network's numbers are from those that were wanted, in words.
import type { RegressionScore } from '#contract/measurement.ts';
import { significant } from './numbers.ts';

/** "RMSE 0.4210, R² 0.9132" */
export function errors({ rmse, r2 }: RegressionScore): string {
  return `RMSE ${significant(rmse)}${r2 === null ? '' : `, R² ${r2.toFixed(4)}`}`;
}
