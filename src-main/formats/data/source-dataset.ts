// A dataset as its source gives it: parts with samples and labels, not yet split, counted or written.
import type { DataFormat } from '#contract/data-options.ts';
import type { SplitName } from '../dataset-file.ts';
import type { Place } from '../refusal.ts';
import type { Rows } from './rows.ts';

export interface SourcePart {
  readonly rows: Rows;
  /** The class of each sample; or the numbers wanted of it, `targets.length` after one another. */
  readonly labels: Int32Array | Float32Array;
  readonly place: Place;
  /** Of the inputs, where they lie elsewhere than the labels. */
  readonly inputs?: Place;
}

export interface SourceDataset {
  readonly name: string;
  readonly credit: string | null;
  readonly format: DataFormat;
  /** `all` where the source knows no splits; else `train` and whichever others there are. */
  readonly parts: { readonly [part in SplitName | 'all']?: SourcePart };
  /** By class; null where classes are numbered only. */
  readonly classes: readonly string[] | null;
  /** Names of the numbers that are wanted, where labels are no classes. */
  readonly targets?: readonly string[];
  /** Names of the numbers of a sample, for tables. */
  readonly features: readonly string[];
  readonly warnings: readonly string[];
  /** Where train's last samples have always been the ones for validation: how many. */
  readonly heldOut?: number;
}
