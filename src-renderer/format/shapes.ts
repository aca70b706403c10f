// Tensor shapes and counted nouns as text: "28 × 28 × 1", "1 layer", "3 layers".
import { count, thinSpace } from './numbers.ts';

/** [null, 28, 28, 1] → "28 × 28 × 1": the batch axis says nothing; another free axis is "?". */
export function shape(axes: readonly (number | null)[]): string {
  const own = axes[0] === null ? axes.slice(1) : axes;
  return own.length === 0 ? 'scalar' : own.map((axis) => axis ?? '?').join(`${thinSpace}×${thinSpace}`);
}

/** `counted(1, 'layer')` → "1 layer"; `counted(2, 'entry', 'entries')` → "2 entries". */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}
