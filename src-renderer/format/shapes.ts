// Tensor shapes and counted nouns as text: "28 × 28 × 1", "1 layer", "3 layers".
import type { NetworkEnd, NetworkSummary, Shape } from '#contract/network.ts';
import { count, thinSpace } from './numbers.ts';

/** [null, 28, 28, 1] → "28 × 28 × 1": the batch axis says nothing; another free axis is "?". */
export function shape(axes: readonly (number | null)[]): string {
  const own = axes[0] === null ? axes.slice(1) : axes;
  return own.length === 0 ? 'scalar' : own.map((axis) => axis ?? '?').join(`${thinSpace}×${thinSpace}`);
}

/** "Input 28 × 28 × 1, output 10."; of several, how many and each by name: "2 inputs: left 8, right 4 × 4; output 3." */
export function networkEnds({ inputs, outputs, inputShape, outputShape }: NetworkSummary): string {
  const told = (word: string, all: readonly NetworkEnd[] | undefined, first: Shape) =>
    all === undefined || all.length < 2
      ? `${word} ${shape(first)}`
      : `${counted(all.length, word)}: ${all.map((end) => `${end.name} ${shape(end.shape)}`).join(', ')}`;
  const several = (inputs?.length ?? 1) > 1 || (outputs?.length ?? 1) > 1;
  const text = `${told('input', inputs, inputShape)}${several ? '; ' : ', '}${told('output', outputs, outputShape)}.`;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** `counted(1, 'layer')` → "1 layer"; `counted(2, 'entry', 'entries')` → "2 entries". */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}
