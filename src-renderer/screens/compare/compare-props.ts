// What the comparison needs of the rest of the page, and nothing more.
import type { Job, MetricPoint, Variant } from '#contract/nouns.ts';
import type { VariantRow } from './variant-rows.ts';

/** The one selection that all views share; `ids` is reactive. */
export type Selection = {
  readonly ids: { readonly size: number; has: (id: string) => boolean; [Symbol.iterator]: () => Iterator<string> };
  /** In if it was out, out if it was in. */
  toggle: (id: string) => void;
  /** These and no others. */
  only: (ids: Iterable<string>) => void;
  clear: () => void;
};

export type CompareProps = {
  variants: readonly Variant[];
  baselineId: string | null;
  jobs: readonly Job[];
  selection: Selection;
  loadSeries: (jobId: string) => Promise<readonly MetricPoint[]>;
  onOpen: (variantId: string) => void;
  onSetBaseline: (variantId: string) => void;
  onMeasure: (variantId: string) => void;
  /** Saves these as a file. Failures are told by whoever does it. */
  onReport: (rows: readonly VariantRow[]) => Promise<unknown>;
};
