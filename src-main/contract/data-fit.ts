// Whether data fit a network, as far as their summaries tell: said in the forms before anything is started, and by the engine when it loads both.
import type { DatasetSummary } from './nouns.ts';
import type { NetworkSummary } from './network.ts';

/**
 * The shape in which a sample goes in; null where it can't. Without the batch axis; null is a free axis.
 * Worked example: samples of 28 × 28 × 1 fit a network that takes 784 numbers (28 · 28 · 1 = 784), and one of 28 × 28; they don't fit one
 * of 32 × 32 × 3, nor do those of 3 × 32 × 32, which has as many numbers in another order.
 */
export function shapeFed(wanted: readonly (number | null)[], given: readonly number[]): number[] | null {
  if (wanted.length === given.length && wanted.every((size, axis) => size === null || size === given[axis])) return [...given];
  const fixed = wanted.filter((size) => size !== null);
  const flat = fixed.length === 1 || given.length === 1;
  const sameAxes = withoutOnes(fixed).join() === withoutOnes(given).join();
  return fixed.length === wanted.length && count(fixed) === count(given) && (flat || sameAxes) ? fixed : null;
}

/** Why a network can't be trained or scored on data, in one sentence; null where nothing is known to speak against it. */
export function misfitOf(
  { inputs, outputs, inputShape, outputShape }: Pick<NetworkSummary, 'inputs' | 'outputs' | 'inputShape' | 'outputShape'>,
  data: Pick<DatasetSummary, 'name' | 'sampleShape' | 'targets' | 'balance' | 'report'>,
): string | null {
  const [ins, outs] = [inputs?.length ?? 1, outputs?.length ?? 1];
  if (ins !== 1 || outs !== 1)
    return `This network has ${counted(ins, 'input')} and ${counted(outs, 'output')}; only networks with one of each can be trained and scored.`;
  const wanted = inputShape.slice(1);
  if (inputShape.length > 0 && shapeFed(wanted, data.sampleShape) === null) {
    const images = wanted.length === 3 && (data.report?.format === 'images' || data.report?.format === 'labelled-images');
    return (
      `This network takes samples of ${told(wanted)}, but those of ${data.name} are ${told(data.sampleShape)}.` +
      (images ? ' Import the images again: they are then brought to its size.' : '')
    );
  }
  if (outputShape.length === 0) return null;
  const [units, ...more] = outputShape.slice(1);
  if (typeof units !== 'number' || more.length > 0)
    return `This network answers with ${told(outputShape.slice(1))}; training needs one number for each class or target.`;
  const targets = data.targets?.length ?? 0;
  if (targets > 0)
    return units === targets ? null : `This network answers with ${counted(units, 'number')}, but ${data.name} wants ${targets}.`;
  // One unit stands for two classes; classes without a sample do no harm.
  const classes = units === 1 ? 2 : units;
  const needed = data.balance.findLastIndex((samples) => samples > 0) + 1;
  return needed <= classes ? null : `This network tells ${classes} classes apart, but ${data.name} has ${needed}.`;
}

function withoutOnes(shape: readonly number[]): number[] {
  return shape.filter((size) => size !== 1);
}

function count(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function counted(value: number, one: string): string {
  return `${value} ${one}${value === 1 ? '' : 's'}`;
}

function told(shape: readonly (number | null)[]): string {
  return shape.map((size) => size ?? '?').join('\u00a0×\u00a0');
}
