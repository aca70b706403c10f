// How far a network's numbers are from those that were wanted, in a line.
import type { RegressionScore } from '#contract/measurement.ts';

/** `MAE 0.1234, RMSE 0.2345, R² 0.9123` */
export function describeErrors({ mae, rmse, r2 }: RegressionScore): string {
  return `MAE ${short(mae)}, RMSE ${short(rmse)}, R² ${r2 === null ? '—' : r2.toFixed(4)}`;
}

function short(value: number): string {
  return Number(value.toPrecision(4)).toString();
}
