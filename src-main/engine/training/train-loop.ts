// The training loop: epochs of seeded batches, points for the curves, validation, checkpoints; stopped and resumed at any step.
import type { MetricPoint } from '#contract/nouns.ts';
import type { StepFields } from '#contract/recipe.ts';
import { StudioError } from '#contract/errors.ts';
import type { NamedTensor } from '#network/model-artifact.ts';
import { shuffledOrder } from '#network/random.ts';
import type { Batches } from '../data/batches.ts';
import { Interrupted } from '../interruption.ts';
import { asScore, scoreSplit, type Scorer } from '../measuring/score-split.ts';
import { tell, tellProgress, type WorkContext } from '../work-context.ts';
import { learningRateAt } from './learning-rate.ts';
import { addStep, meansOf, noSums, type LoopState } from './loop-state.ts';
import { Pace } from './pace.ts';
import type { TrainingStep } from './training-step.ts';

/** Steps behind one point of the curve. */
const POINT_STEPS = 25;
const CHECKPOINT_MS = 5000;
const PROGRESS_MS = 500;

export interface TrainingRun {
  readonly phase: 'training' | 'fine-tuning';
  readonly settings: StepFields & { readonly epochs: number; readonly seed: number };
  readonly train: Batches;
  readonly validation: Batches;
  readonly scorer: Scorer;
  readonly step: TrainingStep;
  /** Share of the prunable weights that is zero now; counting reads all weights back, so it is asked for seldom. */
  sparsity(): number;
  /** Called before each step; true where it set other masks. A function of the state and the weights alone. */
  beforeStep?(state: LoopState, steps: number): boolean | Promise<boolean>;
  /** Whether the network has its final sparsity after `step` steps; a score before that is no rival to later ones. Always so if left out. */
  settled?(step: number, steps: number): boolean;
  /** All weights as they are now. */
  weights(): readonly NamedTensor[];
  /** Puts a checkpoint on disk. */
  save(position: Position): void;
}

/** Where a run stands. */
export interface Position {
  readonly state: LoopState;
  /** Weights of the best epoch so far; empty where they are not kept, or there is none yet. */
  readonly best: readonly NamedTensor[];
}

export function stepsOf({ settings, train }: Pick<TrainingRun, 'settings' | 'train'>): { perEpoch: number; all: number } {
  const perEpoch = Math.ceil(train.samples / settings.batch);
  return { perEpoch, all: perEpoch * settings.epochs };
}

/**
 * Runs from `start` to the end of the last epoch. Whatever the moment of a kill or a pause, going on from the saved state gives the same
 * bits.
 * @throws StudioError `diverged`; Interrupted, after a checkpoint where it was a pause
 */
export async function trainLoop(context: WorkContext, run: TrainingRun, start: Position): Promise<Position> {
  const { settings, train, phase } = run;
  const { perEpoch, all } = stepsOf(run);
  if (train.samples === 0 && settings.epochs > 0)
    throw new StudioError('bad-input', 'The training split of these data has no samples.', { where: 'data' });
  if (run.validation.samples === 0 && (settings.patience > 0 || settings.keepBest))
    throw new StudioError('bad-input', 'These data have no validation split, by which an epoch could be found to be the best.', {
      where: settings.patience > 0 ? 'patience' : 'keepBest',
      whatToDo: 'Set patience to 0 and keepBest to false, or give data with a validation split.',
    });
  let { state, best } = start;
  let saved = state.step;
  const pace = new Pace(state.step, all);
  const began = performance.now() - state.seconds * 1000;

  const now = (): LoopState => ({ ...state, seconds: (performance.now() - began) / 1000 });
  const progress = (points: MetricPoint[]) =>
    tellProgress(
      context,
      {
        phase,
        step: state.step,
        steps: all,
        epoch: Math.min(settings.epochs, state.epochs.length + 1),
        epochs: settings.epochs,
        ...pace.estimate(state.step),
      },
      points,
    );
  const checkpoint = async () => {
    // What was said of the steps before must be out before the checkpoint can make them unrepeatable.
    await context.host.flushed();
    run.save({ state: now(), best });
    saved = state.step;
    context.host.send({ kind: 'checkpoint', step: state.step });
  };

  try {
    let lastSave = performance.now();
    let lastProgress = 0;
    while (state.epochs.length < settings.epochs && !outOfPatience(state, settings.patience)) {
      const epoch = state.epochs.length;
      const order = shuffledOrder(train.samples, settings.seed, epoch);
      while (state.step < (epoch + 1) * perEpoch) {
        await context.interruption.breathe();
        if ((await run.beforeStep?.(state, all)) === true) state = { ...state, sparsity: null };
        const points = oneStep(order, state.step - epoch * perEpoch);
        if (points.length > 0 || performance.now() - lastProgress > PROGRESS_MS) {
          progress(points);
          lastProgress = performance.now();
        }
        // Not at an epoch's end: there its score comes first.
        if (performance.now() - lastSave > CHECKPOINT_MS && state.step < (epoch + 1) * perEpoch) {
          await checkpoint();
          lastSave = performance.now();
        }
      }
      progress([await closeEpoch(epoch)]);
      await checkpoint();
      lastSave = performance.now();
    }
  } catch (thrown) {
    if (thrown instanceof Interrupted && thrown.wish === 'pause' && (state.step > saved || saved === 0)) await checkpoint();
    throw thrown;
  }
  if (state.epochs.length < settings.epochs) tell(context, { kind: 'note', text: describeStop(state, settings) });
  return { state: now(), best };

  function oneStep(order: ArrayLike<number>, position: number): MetricPoint[] {
    const began = performance.now();
    const from = position * settings.batch;
    const rate = learningRateAt(settings, state.step, { perEpoch, steps: all });
    const batch = train.gather(from, Math.min(from + settings.batch, train.samples), order);
    const outcome = run.step.run(batch, state.step, rate);
    batch.dispose();
    if (!Number.isFinite(outcome.loss)) throw diverged(state.step, rate);
    const seconds = (performance.now() - began) / 1000;
    pace.add(batch.count, seconds);
    state = {
      ...state,
      step: state.step + 1,
      sincePoint: addStep(state.sincePoint, outcome, batch.count),
      sinceEpoch: addStep(state.sinceEpoch, outcome, batch.count),
      trainingSeconds: state.trainingSeconds + seconds,
      epochSeconds: state.epochSeconds + seconds,
    };
    if (state.step % POINT_STEPS !== 0) return [];
    const sparsity = state.sparsity ?? run.sparsity();
    const point: MetricPoint = {
      kind: 'step',
      step: state.step,
      epoch: state.step / perEpoch,
      ...meansOf(state.sincePoint, run.scorer.classes > 0),
      rate,
      sparsity,
    };
    state = { ...state, sincePoint: noSums, sparsity };
    return [point];
  }

  async function closeEpoch(epoch: number): Promise<MetricPoint> {
    run.step.publish();
    const began = performance.now();
    const validation = run.validation.samples === 0 ? null : asScore(await scoreSplit(run.scorer, run.validation));
    const seconds = state.epochSeconds + (performance.now() - began) / 1000;
    const score = {
      epoch: epoch + 1,
      ...meansOf(state.sinceEpoch, run.scorer.classes > 0),
      valLoss: validation?.loss ?? null,
      valAccuracy: validation?.accuracy ?? null,
      seconds,
      sparsity: run.sparsity(),
    };
    state = { ...state, epochs: [...state.epochs, score], sinceEpoch: noSums, epochSeconds: 0, sparsity: score.sparsity };
    const rival = run.settled?.(state.step, all) === false ? null : score.valLoss;
    if (rival !== null && rival < (state.best?.loss ?? Infinity)) {
      state = { ...state, best: { epoch: score.epoch, loss: rival } };
      if (settings.keepBest) best = run.weights();
    }
    return { kind: 'epoch', step: state.step, ...score };
  }
}

/** Worked example, patience 2: the best was epoch 3; after epoch 4 the run goes on, after epoch 5 it stops. */
function outOfPatience({ epochs, best }: LoopState, patience: number): boolean {
  return patience > 0 && best !== null && epochs.length - best.epoch >= patience;
}

function describeStop({ epochs, best }: LoopState, { epochs: wanted, patience }: TrainingRun['settings']): string {
  return (
    `Stopped after epoch ${epochs.length} of ${wanted}: the validation loss has not been lower than in epoch ${best?.epoch} ` +
    `for ${patience} ${patience === 1 ? 'epoch' : 'epochs'}.`
  );
}

function diverged(step: number, rate: number): StudioError {
  return new StudioError(
    'diverged',
    `The loss became infinite or not a number at step ${step + 1}, at a learning rate of ${Number(rate.toPrecision(3))}.`,
    {
      whatToDo: 'Try a learning rate ten times smaller, or another optimizer; look also for values in the data that are no numbers.',
    },
  );
}
