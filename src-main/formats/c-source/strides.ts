// How C code walks tensors of up to six axes: sizes and steps as array literals.
import { stretchedStrides } from '../lowering/run-shapes.ts';

/** Entries from one step along each axis of `over` to the next in a row-major tensor of `shape`; 0 along what stretches. */
export function gatherStrides(shape: readonly number[], over: readonly number[]): number[] {
  return stretchedStrides(shape, over);
}

/** Filled up to six in front. */
export function six(type: 'int' | 'long', values: readonly number[], filling = 0): string {
  const missing = Array.from({ length: 6 - values.length }, () => filling);
  return `(const ${type}[]){${[...missing, ...values].join(', ')}}`;
}
