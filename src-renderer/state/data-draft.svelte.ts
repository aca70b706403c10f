// A dataset on its way in: what its source holds, the options chosen so far, how far its import is, and what went wrong with it.
import type { z } from 'zod';
import { DataOptions, matchedTo, type DataSurvey } from '#contract/data-options.ts';
import { StudioError, type Problem } from '#contract/errors.ts';
import type { Dataset, Variant } from '#contract/nouns.ts';
import { problemsOf, type Problems } from '../forms/fields-of-schema.ts';

/** What a form holds: text may be empty, and that means "left out". */
export type DraftValues = Record<keyof z.input<typeof DataOptions>, unknown>;

export interface DraftTarget {
  import(source: string, options: DataOptions): Promise<Dataset>;
  cancel(source: string): void;
}

export class DataDraft {
  readonly source: string;
  readonly survey: DataSurvey;
  /** The network that pictures are brought into shape for. */
  readonly network: Variant | undefined;
  readonly #target: DraftTarget;
  values = $state<DraftValues>({ label: '', task: '', split: '', splitSeed: 1, size: '', channels: '', axes: '', range: '' });
  busy = $state(false);
  /** Null until the first news. */
  share = $state<number | null>(null);
  problem = $state.raw<Problem | null>(null);

  constructor(source: string, survey: DataSurvey, network: Variant | undefined, target: DraftTarget) {
    this.source = source;
    this.survey = survey;
    this.network = network;
    this.#target = target;
    const empty = DataOptions.parse({});
    const { images } = survey;
    const own = images === null ? {} : { size: `${images.height}x${images.width}`, channels: images.gray ? 'gray' : 'rgb' };
    this.values = {
      ...this.values,
      label: survey.label ?? '',
      ...own,
      ...(network === undefined ? {} : matchedTo(empty, network.summary)),
    };
  }

  get #given(): Record<string, unknown> {
    return Object.fromEntries(Object.entries(this.values).filter(([, value]) => value !== '' && value !== null));
  }

  /** A table none of whose columns looks like labels, and nobody has said yet which one holds them. */
  get unlabelled(): boolean {
    return this.survey.columns.length > 0 && (this.values.label === '' || this.values.label === null);
  }

  get options(): DataOptions | undefined {
    if (this.unlabelled) return undefined;
    return DataOptions.safeParse(this.#given).data;
  }

  get problems(): Problems {
    return problemsOf(DataOptions, this.#given);
  }

  /** Undefined where it was refused or cancelled: then everything stays as typed, and `problem` says why. */
  async import(): Promise<Dataset | undefined> {
    const { options } = this;
    if (options === undefined || this.busy) return undefined;
    this.busy = true;
    this.share = null;
    this.problem = null;
    try {
      return await this.#target.import(this.source, options);
    } catch (thrown) {
      const problem = StudioError.from(thrown).toProblem();
      this.problem = problem.code === 'cancelled' ? null : problem;
      return undefined;
    } finally {
      this.busy = false;
    }
  }

  cancel(): void {
    if (this.busy) this.#target.cancel(this.source);
  }
}

/** Nothing to ask where the data bring their own splits and no columns or sizes to choose from. */
export function needsChoices({ format, given, columns, images }: DataSurvey): boolean {
  return columns.length > 0 || images !== null || (format !== 'mnist' && !given.includes('test'));
}
