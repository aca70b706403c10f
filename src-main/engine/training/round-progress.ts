// Steps and epochs of one round, told as steps and epochs of the whole job.
import type { MetricPoint } from '#contract/nouns.ts';
import type { FromEngine } from '#contract/engine-messages.ts';
import type { WorkContext } from '../work-context.ts';

export interface RoundPlace {
  /** Steps and epochs of the job before this round. */
  readonly before: { readonly steps: number; readonly epochs: number };
  /** Where in itself the round begins: a rewound one not at 0. */
  readonly from: { readonly steps: number; readonly epochs: number };
  /** Planned steps and epochs of the rounds after this one. */
  readonly later: { readonly steps: number; readonly epochs: number };
}

/** A step of the round as a step of the job. */
export function jobStep({ before, from }: RoundPlace, step: number): number {
  return before.steps + step - from.steps;
}

/** A context that counts on where the rounds before ended. Example: 200 steps before, round begun at its step 50: step 60 is told as 210. */
export function withinJob(context: WorkContext, place: RoundPlace): WorkContext {
  const { host } = context;
  return { ...context, host: { ...host, send: (message) => host.send(shifted(message, place)), flushed: () => host.flushed() } };
}

function shifted(message: FromEngine, place: RoundPlace): FromEngine {
  const { before, from, later } = place;
  if (message.kind === 'checkpoint') return { ...message, step: jobStep(place, message.step) };
  if (message.kind !== 'progress' || message.progress.steps === 0) return message;
  const { step, steps, epoch, epochs, secondsLeft } = message.progress;
  const left = steps - step;
  return {
    ...message,
    progress: {
      ...message.progress,
      step: jobStep(place, step),
      steps: jobStep(place, steps) + later.steps,
      epoch: before.epochs + epoch - from.epochs,
      epochs: before.epochs + epochs - from.epochs + later.epochs,
      secondsLeft: secondsLeft === null || left === 0 ? null : (secondsLeft * (left + later.steps)) / left,
    },
    points: message.points.map((point): MetricPoint => ({
      ...point,
      step: jobStep(place, point.step),
      epoch: before.epochs + point.epoch - from.epochs,
    })),
  };
}
