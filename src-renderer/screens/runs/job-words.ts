// Kinds and states of jobs in words, and which of them can be paused, resumed or cancelled.
import { exportFormats } from '#contract/export-formats.ts';
import type { Job, JobKind, JobState } from '#contract/nouns.ts';
import { count, significant } from '../../format/numbers.ts';
import { timeLeft } from '../../format/times.ts';

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

/** "fine-tuning, epoch 1 of 2, step 400 of 844, 7 800 samples/s, 4 s left"; while the steps aren't counted yet, the phase alone. */
export function progressWords({ state, progress }: Pick<Job, 'state' | 'progress'>): string {
  if (progress === null) return '';
  const { phase, epoch, epochs, step, steps, imagesPerSecond, secondsLeft } = progress;
  return [
    phase,
    ...(epochs > 0 ? [`epoch ${count(epoch)} of ${count(epochs)}`] : []),
    ...(steps > 0 ? [`step ${count(step)} of ${count(steps)}`] : []),
    ...(imagesPerSecond === null ? [] : [`${significant(imagesPerSecond)} samples/s`]),
    ...(state === 'running' ? [timeLeft(secondsLeft)].filter(Boolean) : []),
  ].join(', ');
}

/** "Export to ONNX: LeNet −90% weights": of several exports each by its format. */
export function titleOf({ name, order }: Pick<Job, 'name' | 'order'>): string {
  return order.kind === 'export' ? name.replace(/^Export /, `Export to ${exportFormats[order.exportTo.format].title}: `) : name;
}

/** Over, and begun with settings that a form can show again. */
export function canRepeat({ state, kind }: Pick<Job, 'state' | 'kind'>): boolean {
  return (state === 'done' || state === 'failed' || state === 'cancelled') && (kind === 'train' || kind === 'prune');
}
export function canPause({ state, kind }: Pick<Job, 'state' | 'kind'>): boolean {
  return state === 'running' && (kind === 'train' || kind === 'prune' || kind === 'sensitivity');
}
export function canResume({ state }: Pick<Job, 'state'>): boolean {
  return state === 'paused' || state === 'resumable';
}
export function canCancel({ state }: Pick<Job, 'state'>): boolean {
  return state === 'queued' || state === 'running' || canResume({ state });
}
