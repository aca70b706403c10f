// What every task of an engine is given: TensorFlow, the line to the host, and the ways to be stopped.
import type { FromEngine } from '#contract/engine-messages.ts';
import type { MetricPoint, Progress } from '#contract/nouns.ts';
import type { HostLine } from './host-line.ts';
import type { Interruption } from './interruption.ts';
import type { Environment, Tensorflow } from './runtime/load-tensorflow.ts';

export interface WorkContext {
  readonly tf: Tensorflow;
  readonly environment: Environment;
  readonly host: HostLine;
  readonly interruption: Interruption;
  /** This job's own folder. */
  readonly workspace: string;
}

export function tell({ host }: WorkContext, message: FromEngine): void {
  host.send(message);
}

export function tellProgress(context: WorkContext, progress: Progress, points: MetricPoint[] = []): void {
  tell(context, { kind: 'progress', progress, points });
}

/** A phase without steps of its own, as "measuring". */
export function tellPhase(context: WorkContext, phase: string): void {
  tellProgress(context, { phase, step: 0, steps: 0, epoch: 0, epochs: 0, secondsLeft: null, imagesPerSecond: null });
}

/** Work that goes sample by sample; `began` is when, by `performance.now()`. */
export function tellShare(context: WorkContext, phase: string, step: number, steps: number, began: number): void {
  const passed = (performance.now() - began) / 1000;
  const imagesPerSecond = passed === 0 ? null : step / passed;
  tellProgress(context, { phase, step, steps, epoch: 0, epochs: 0, secondsLeft: (passed / step) * (steps - step), imagesPerSecond });
}
