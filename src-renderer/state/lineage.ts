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
  /** Runs of one order that differ by the seed alone: one line, that unfolds to its variants. */
  | {
      readonly kind: 'repeats';
      readonly id: string;
      readonly depth: number;
      readonly label: string;
      readonly variants: readonly Variant[];
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
  const waiting: Waiting[] = [...together(children.get(null) ?? [], 0, '')].reverse();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if ('variants' in next) {
      const { id, variants, depth, label } = next;
      const open = !closed(id);
      lines.push({ kind: 'repeats', id, depth, label, variants, children: variants.length, open });
      if (open)
        waiting.push(...variants.map((variant) => ({ variant, depth: depth + 1, label: `seed ${variant.repeat?.seed}` })).reverse());
      continue;
    }
    const { variant, depth, label } = next;
    const own = children.get(variant.id) ?? [];
    const jobs = growing.get(variant.id) ?? [];
    const open = !closed(variant.id);
    lines.push({ kind: 'variant', id: variant.id, depth, label, variant, children: own.length + jobs.length, open });
    if (!open) continue;
    for (const job of jobs) lines.push({ kind: 'job', id: job.id, depth: depth + 1, label: shortName(job.name, variant.name), job });
    waiting.push(...together(own, depth + 1, variant.name).reverse());
  }
  return lines;
}

type Waiting =
  | { readonly variant: Variant; readonly depth: number; readonly label: string }
  | { readonly id: string; readonly variants: readonly Variant[]; readonly depth: number; readonly label: string };

/** The lines that must be unfolded for a variant to be seen, as ids that lines have: its ancestors and the repeats that it is one of. */
export function linesAbove(variants: readonly Variant[], id: string): readonly string[] {
  const known = new Map(variants.map((variant) => [variant.id, variant]));
  const above: string[] = [];
  for (let one = known.get(id); one !== undefined; one = known.get(one.parentId ?? '')) {
    if (one.id !== id) above.push(one.id);
    if (one.repeat !== null) above.push(one.repeat.id);
  }
  return above;
}

/** As the studio names runs of several seeds: "… · seed 3". */
const seedOf = / · seed \d+$/;

/** Siblings in their order, those of one repeat as one where the first of them stands. A repeat of which one is left is a variant as any other. */
function together(variants: readonly Variant[], depth: number, parent: string): Waiting[] {
  const repeats = Map.groupBy(variants, ({ repeat }) => repeat?.id ?? null);
  const told = new Set<string>();
  return variants.flatMap((variant): Waiting[] => {
    const id = variant.repeat?.id;
    const same = id === undefined ? [] : (repeats.get(id) ?? []);
    if (id === undefined || same.length < 2) return [{ variant, depth, label: shortName(variant.name, parent) }];
    if (told.has(id)) return [];
    told.add(id);
    return [{ id, variants: same, depth, label: shortName(variant.name.replace(seedOf, ''), parent) }];
  });
}
