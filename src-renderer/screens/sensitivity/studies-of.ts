// Finished and running sensitivity studies of a variant, found among the project's jobs.
import type { Job, Variant } from '#contract/nouns.ts';
import { Sensitivity, type SensitivitySettings } from '#contract/sensitivity.ts';

const isStudyOf = (job: Job, { id }: Variant) => job.kind === 'sensitivity' && job.order.variantId === id;

/** The newest finished one of this granularity; `jobs` newest first. */
export function studyOf(jobs: readonly Job[], variant: Variant, granularity: SensitivitySettings['granularity']): Sensitivity | null {
  for (const job of jobs) {
    if (!isStudyOf(job, variant) || job.state !== 'done') continue;
    const { data } = Sensitivity.safeParse(job.result);
    if (data?.settings.granularity === granularity) return data;
  }
  return null;
}

export function liveStudyOf(live: readonly Job[], variant: Variant): Job | undefined {
  return live.find((job) => isStudyOf(job, variant));
}

/** The newest one that failed after every finished one: its problem is shown where it happened. */
export function failedStudyOf(jobs: readonly Job[], variant: Variant): Job | undefined {
  const newest = jobs.find((job) => isStudyOf(job, variant));
  return newest?.state === 'failed' ? newest : undefined;
}
