// The family tree of a project's variants as a flat list of lines, ready for a virtual list.
import type { Job, Variant } from '#contract/nouns.ts';

export type LineageLine =
  | {
      readonly kind: 'variant';
      readonly id: string;
      readonly depth: number;
      readonly label: string;
      readonly variant: Variant;
      readonly children: number;
      readonly open: boolean;
    }
  /** Work that will become a variant here. */
  | { readonly kind: 'job'; readonly id: string; readonly depth: number; readonly label: string; readonly job: Job };

/** A child's name without the words that it shares with its parent's: "LeNet −90% weights" under "LeNet baseline" → "−90% weights". */
export function shortName(name: string, parent: string): string {
  const [words, others] = [name.split(' '), parent.split(' ')];
  const shared = words.findIndex((word, index) => word !== others[index]);
  return shared <= 0 ? name : words.slice(shared).join(' ');
}

/**
 * Depth first, siblings in the order given; a variant whose parent isn't there any more is a root.
 * Without recursion: a chain of 10,000 variants is no reason to overflow.
 */
export function lineage(variants: readonly Variant[], liveJobs: readonly Job[], closed: (id: string) => boolean): readonly LineageLine[] {
  const known = new Set(variants.map(({ id }) => id));
  const children = Map.groupBy(variants, ({ parentId }) => (parentId !== null && known.has(parentId) ? parentId : null));
  const growing = Map.groupBy(
    liveJobs.filter(({ kind }) => kind === 'train' || kind === 'prune'),
    ({ order }) => order.variantId,
  );
  const lines: LineageLine[] = [];
  const waiting = (children.get(null) ?? []).map((variant) => ({ variant, depth: 0, label: variant.name })).reverse();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { variant, depth, label } = next;
    const own = children.get(variant.id) ?? [];
    const jobs = growing.get(variant.id) ?? [];
    const open = !closed(variant.id);
    lines.push({ kind: 'variant', id: variant.id, depth, label, variant, children: own.length + jobs.length, open });
    if (!open) continue;
    for (const job of jobs) lines.push({ kind: 'job', id: job.id, depth: depth + 1, label: shortName(job.name, variant.name), job });
    waiting.push(...own.map((child) => ({ variant: child, depth: depth + 1, label: shortName(child.name, variant.name) })).reverse());
  }
  return lines;
}
