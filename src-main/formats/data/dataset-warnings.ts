// What about a dataset may spoil training or make its score a lie, in sentences.
import { splitNames, type SplitName } from '../dataset-file.ts';
import type { Labels } from './labels.ts';
import type { Rows } from './rows.ts';
import type { Duplicates } from './survey-samples.ts';

interface Facts {
  readonly balance: readonly number[];
  readonly classes: readonly string[];
  readonly labels: { readonly [split in SplitName]: Labels };
  /** Numbers that are wanted of each sample; 0 where they have classes. */
  readonly targets: number;
  readonly duplicates: Duplicates | null;
}

/** A class ten times as frequent as another makes accuracy a poor guide. */
const grossImbalance = 10;

export function datasetWarnings({ balance, classes, labels, duplicates, targets }: Facts): string[] {
  const warnings: string[] = [];
  const samplesOf = (split: SplitName): number => labels[split].length / Math.max(targets, 1);
  const shared = (['test', 'validation'] as const).filter((split) => (duplicates?.[split] ?? 0) > 0);
  for (const split of shared)
    warnings.push(
      `${counted(duplicates![split], 'sample')} of ${split} (${percent(duplicates![split], samplesOf(split))}) ${duplicates![split] === 1 ? 'is' : 'are'} in train too: the ${split} score will look better than it is.`,
    );
  if (duplicates !== null && duplicates.train > 0)
    warnings.push(`${counted(duplicates.train, 'sample')} of train ${duplicates.train === 1 ? 'repeats another' : 'repeat others'}.`);
  if (duplicates !== null && duplicates.contradicting > 0)
    warnings.push(
      `${counted(duplicates.contradicting, 'sample')} with another's very values ${duplicates.contradicting === 1 ? 'has' : 'have'} another label.`,
    );
  if (targets > 0) return warnings;
  const empty = classes.filter((_, index) => balance[index] === 0);
  if (empty.length === 1 && classes[0] === '0' && empty[0] === '0')
    warnings.push(`The labels begin at 1: a network needs ${classes.length} outputs for them, or labels less by one.`);
  else if (empty.length > 0) warnings.push(`No sample has the class ${listed(empty)}.`);
  const present = balance.map((count, index) => ({ count, name: classes[index]! })).filter(({ count }) => count > 0);
  if (present.length < 2) warnings.push('All samples are of one class: there is nothing to tell apart.');
  const most = present.reduce((best, each) => (each.count > best.count ? each : best), present[0]!);
  const least = present.reduce((best, each) => (each.count < best.count ? each : best), present[0]!);
  if (most.count > grossImbalance * least.count)
    warnings.push(`The classes are far from balanced: ${most.count} samples of ${most.name}, ${least.count} of ${least.name}.`);
  for (const split of splitNames) {
    const seen = new Set(labels[split]);
    const missing = present.length <= 1000 ? classes.filter((_, index) => balance[index]! > 0 && !seen.has(index)) : [];
    if (missing.length > 0 && labels[split].length > 0) warnings.push(`The ${split} split has no sample of ${listed(missing)}.`);
  }
  return warnings;
}

/** Networks learn badly from images of numbers up to 255. */
export function unscaled({ pixels, dtype, shape }: Rows, low: number, high: number): string[] {
  const bytes = !pixels && dtype !== 'uint8' && shape.length >= 2 && low >= 0 && high > 100 && high <= 255;
  return bytes
    ? [`The values of its images go up to ${high} and are fed as they are; --range 0..1 feeds them as 0 to 1, as bytes are.`]
    : [];
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Three names, and how many more. */
function listed(names: readonly string[]): string {
  return names.length <= 4 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
}

function percent(part: number, whole: number): string {
  return `${((100 * part) / whole).toFixed(part / whole < 0.1 ? 1 : 0)} %`;
}
