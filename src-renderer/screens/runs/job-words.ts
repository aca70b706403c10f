// Kinds and states of jobs in words, and which of them can be paused, resumed or cancelled.
import type { Job, JobKind, JobState } from '#contract/nouns.ts';

export const kindWords: Readonly<Record<JobKind, string>> = {
  train: 'Training',
  prune: 'Pruning',
  evaluate: 'Evaluation',
  sensitivity: 'Sensitivity',
  probe: 'Speed probe',
  measure: 'Latency',
  export: 'Export',
};
export const stateWords: Readonly<Record<JobState, string>> = {
  queued: 'Waiting',
  running: 'Running',
  paused: 'Paused',
  resumable: 'Interrupted',
  done: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
};

export function canPause({ state, kind }: Pick<Job, 'state' | 'kind'>): boolean {
  return state === 'running' && (kind === 'train' || kind === 'prune' || kind === 'sensitivity');
}
export function canResume({ state }: Pick<Job, 'state'>): boolean {
  return state === 'paused' || state === 'resumable';
}
export function canCancel({ state }: Pick<Job, 'state'>): boolean {
  return state === 'queued' || state === 'running' || canResume({ state });
}
