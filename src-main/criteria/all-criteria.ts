// Every criterion, in the order in which they are offered.
import { apoz } from './apoz.ts';
import { bnScale } from './bn-scale.ts';
import type { Criterion } from './criterion.ts';
import { geometricMedian } from './geometric-median.ts';
import { gradient } from './gradient.ts';
import { l2 } from './l2.ts';
import { magnitude } from './magnitude.ts';
import { movement } from './movement.ts';
import { random } from './random.ts';
import { snip } from './snip.ts';
import { taylor } from './taylor.ts';

export const criteria = [magnitude, l2, random, gradient, taylor, snip, movement, bnScale, geometricMedian, apoz] as const;
export type CriterionName = (typeof criteria)[number]['name'];

const byName: ReadonlyMap<string, Criterion> = new Map(criteria.map((criterion) => [criterion.name, criterion]));

export function criterionNamed(name: CriterionName): Criterion {
  return byName.get(name) ?? magnitude;
}

/** Whether its scores come from data, as the words of a sentence; null where the network alone is enough. */
export function dataNeeded({ looksAt }: Pick<Criterion, 'looksAt'>): string | null {
  if (looksAt === 'products') return 'gradients';
  if (looksAt === 'activations') return 'activations';
  return looksAt === 'movement' ? 'the gradients of training' : null;
}

/** Those that the network alone is enough for. */
export const dataFreeCriteria: readonly CriterionName[] = criteria.flatMap((criterion) =>
  dataNeeded(criterion) === null ? [criterion.name] : [],
);
