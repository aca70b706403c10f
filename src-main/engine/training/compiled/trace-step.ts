// One training step recorded as data: its forward and backward pass, and which of the results are loss, right answers and gradients.
import type { LoadedModel, ModelWeight } from '../../models/load-model.ts';
import type { Tensorflow } from '../../runtime/load-tensorflow.ts';
import { forwardBackward } from '../forward-backward.ts';
import type { LossFunctions } from '../losses.ts';
import { trace, type Source, type Trace } from './trace.ts';

export interface StepTrace extends Trace {
  readonly loss: Source;
  readonly hits: Source;
  /** Of each trainable weight that the loss depends on, by name. */
  readonly gradients: ReadonlyMap<string, Source>;
}

const GRADIENT = 'gradient:';

export interface TraceOptions {
  readonly inputShape: readonly number[];
  readonly count: number;
  /** Numbers that are wanted of each sample; 0, as where it is left out, for classes. */
  readonly targets?: number | undefined;
  readonly loss: LossFunctions;
  /** On how many samples it is recorded, where not on the usual ones. */
  readonly few?: readonly number[];
}

/** The teacher's weights under names that no weight of the student's has. */
export function teacherWeights({ teacher }: LossFunctions): ModelWeight[] {
  return (teacher?.weights ?? []).map(({ name, variable }) => ({ name: `teacher:${name}`, variable, trainable: false }));
}

/** @throws NotTraceable */
export function traceStep(
  tf: Tensorflow,
  loaded: LoadedModel,
  { inputShape, count, targets, loss: functions, few }: TraceOptions,
): StepTrace {
  const { results, ...traced } = trace(
    tf,
    { weights: [...loaded.weights, ...teacherWeights(functions)] },
    { count, samples: [inputShape] },
    ({ inputs, labels }) => {
      const { loss, hits, gradients } = forwardBackward(tf, loaded, functions, { inputs: inputs[0]!, labels });
      return { loss, hits, ...Object.fromEntries([...gradients].map(([name, gradient]) => [GRADIENT + name, gradient])) };
    },
    { targets, few },
  );
  const gradients = Object.entries<Source>(results)
    .filter(([name]) => name.startsWith(GRADIENT))
    .map(([name, source]) => [name.slice(GRADIENT.length), source] as const);
  return { ...traced, loss: results.loss, hits: results.hits, gradients: new Map(gradients) };
}
