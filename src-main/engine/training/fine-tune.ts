// One round of training under masks: they hold what was pruned, or, where sparsity rises step by step, are chosen anew along the way.
import { StudioError } from '#contract/errors.ts';
import type { Recipe } from '#contract/recipe.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { withoutTraining } from '#network/training-state.ts';
import type { Removal } from '#pruning/channel-selection.ts';
import type { Evidence } from '#pruning/evidence.ts';
import { prunableKernels } from '#pruning/kernels.ts';
import { selectMasks } from '#pruning/recipe-masks.ts';
import { masksChangeAt, mayComeBack, sparsityAt } from '#pruning/schedules.ts';
import { openData, type OpenData } from '../data/open-data.ts';
import { zeroShare } from '../measuring/sparsity.ts';
import { openNetwork, scorerFor } from '../models/open-network.ts';
import { gatherEvidence } from '../scoring/gather-evidence.ts';
import type { WorkContext } from '../work-context.ts';
import { saveCheckpoint } from './checkpoint-files.ts';
import { toFile, type Checkpoint } from './checkpoint.ts';
import { distilled, openTeacher } from './distillation.ts';
import { capturedState } from './kept-state.ts';
import { freshState, type LoopState } from './loop-state.ts';
import { lossName } from './losses.ts';
import { openStep } from './open-step.ts';
import { saveRewindPoint } from './rewind-point.ts';
import { jobStep, withinJob } from './round-progress.ts';
import { stepsOf, trainLoop, type Position } from './train-loop.ts';
import { MOVEMENT, type Beneath, type Masks, type TrainingStep } from './training-step.ts';

export interface RoundOfTraining {
  readonly artifact: ModelArtifact;
  readonly data: string;
  /** A second network to learn from. */
  readonly teacher: string | undefined;
  readonly recipe: Recipe;
  readonly order: string;
  /** Held from the first step on; empty where nothing is masked. */
  readonly masks: Masks;
  readonly removal: Removal | null;
  readonly sparsity: number;
  /** It rises to that while this round trains; else it is there from the first step on. */
  readonly rises: boolean;
  /** The state to begin with: of this round where it goes on, of an earlier one where it is rewound. */
  readonly start: Checkpoint | undefined;
  /** Where in itself this round begins: not at 0 where it is rewound. */
  readonly from: { readonly steps: number; readonly epochs: number };
  /** Of the job, before this round. */
  readonly before: { readonly steps: number; readonly epochs: number };
  /** Rounds still to come, and the step that they begin at. */
  readonly later: { readonly rounds: number; readonly from: number };
  /** The state at this step is kept for later rounds to go back to. */
  readonly keepAt: number | null;
  /** What each checkpoint remembers beside weights and masks. */
  readonly task: (removal: Removal | null) => unknown;
}

export interface TrainedRound {
  readonly artifact: ModelArtifact;
  /** Null where nothing was trained. */
  readonly state: LoopState | null;
  readonly removal: Removal | null;
  /** Movement scores, where the criterion takes them. */
  readonly movement: Evidence;
}

/** @throws StudioError; Interrupted, after a checkpoint where it was a pause */
export async function fineTune(context: WorkContext, round: RoundOfTraining): Promise<TrainedRound> {
  const { recipe, order, from } = round;
  const { tf, environment, workspace } = context;
  const network = await openNetwork(context, withoutTraining(round.artifact), recipe.loss);
  const data = openData(tf, round.data, network.loaded.model, network.head);
  const { perEpoch, all } = stepsOf({ settings: recipe, train: data.train });
  checkRewind(round, all);
  checkFloor(recipe, data);
  const teacher = round.teacher === undefined ? undefined : await openTeacher(context, round.teacher, network);
  const loss = teacher === undefined ? network.loss : distilled(tf, network.loss, teacher.loaded, recipe);
  const beneath = beneathOf(recipe);
  const moving = recipe.criterion === 'movement' ? kernelNames(round.artifact) : new Set<string>();
  const step = openStep(context, network, data, { ...recipe, beneath, moving }, round.start, loss);
  let { masks, removal } = round;
  if (round.start === undefined && masks.size > 0) step.setMasks(masks);
  const capture = (form: 'seen' | 'beneath' = 'seen') => {
    step.publish(form);
    const captured = network.capture();
    if (form === 'beneath' && beneath !== 'zero') step.publish();
    return captured;
  };
  const checkpoint = (position: Position): Checkpoint => ({
    ...position,
    order,
    artifact: capture('beneath'),
    slots: step.captureSlots(),
    masks,
    environment,
    step: step.kind,
    task: round.task(removal),
  });
  const { rounds, from: laterFrom } = round.later;
  const place = {
    before: round.before,
    from,
    later: { steps: rounds * (all - laterFrom), epochs: rounds * (recipe.epochs - Math.floor(laterFrom / Math.max(1, perEpoch))) },
  };
  const { state, best } = await trainLoop(
    withinJob(context, place),
    {
      phase: 'fine-tuning',
      settings: recipe,
      train: data.train,
      validation: data.validation,
      scorer: scorerFor(context, network, data),
      step,
      sparsity: () => zeroShare(capture()),
      beforeStep: async (state, steps) => {
        if (state.step === round.keepAt) saveRewindPoint(workspace, checkpoint({ state: { ...state, best: null }, best: [] }));
        const moment = { step: state.step, steps };
        if (!round.rises && (recipe.splice === 0 || state.step === from.steps)) return false;
        if (!masksChangeAt(recipe, moment)) return false;
        const back = moving.size > 0 || mayComeBack(recipe, moment);
        const now = capture(back ? 'beneath' : 'seen');
        const evidence = moving.size > 0 ? movementOf(step) : await gatherEvidence(context, now, recipe, round.data);
        ({ masks, removal } = selectMasks(now, recipe, sparsityAt(recipe, moment, round.sparsity), evidence, back ? masks : undefined));
        step.setMasks(masks);
        return true;
      },
      settled: (at, steps) => {
        const held = (step: number) => sparsityAt(recipe, { step, steps }, round.sparsity);
        return !round.rises || held(at - 1) === held(steps - 1);
      },
      weights: () => capture().weights,
      save: (position) => saveCheckpoint(workspace, jobStep(place, position.state.step), toFile(checkpoint(position))),
    },
    { state: round.start?.state ?? freshState(), best: round.start?.best ?? [] },
  );
  const movement = movementOf(step);
  const artifact: ModelArtifact =
    best.length > 0
      ? { ...withoutTraining(round.artifact), weights: best }
      : { ...capture(), training: capturedState(step, lossName(loss, data), recipe, state.step) };
  step.dispose();
  network.dispose();
  teacher?.dispose();
  return { artifact, state, removal, movement };
}

/** Movement scores say which weights to take back too, so they keep what they were; splicing goes on training them. */
function beneathOf({ splice, criterion }: Recipe): Beneath {
  if (splice > 0) return 'trained';
  return criterion === 'movement' ? 'frozen' : 'zero';
}

function kernelNames(artifact: ModelArtifact): ReadonlySet<string> {
  return new Set(prunableKernels(artifact).flatMap(({ tensors }) => tensors.map(({ name }) => name)));
}

/** By the weight's name, its movement so far. */
function movementOf(step: TrainingStep): Evidence {
  const end = `/${MOVEMENT}`;
  return new Map(
    step.captureSlots().flatMap(({ name, data }) => {
      return name.endsWith(end) && data instanceof Float32Array ? [[name.slice(0, -end.length), data] as const] : [];
    }),
  );
}

/** A floor is an accuracy, and numbers have none. @throws StudioError `bad-input` */
function checkFloor({ floor, floorPoints }: Recipe, { targets }: OpenData): void {
  if (targets === 0 || (floor === null && floorPoints === null)) return;
  throw new StudioError('bad-input', 'A floor is an accuracy, and a network that answers with numbers has none.', {
    where: floor === null ? 'floorPoints' : 'floor',
    whatToDo: 'Leave the floor out; every round tells its errors.',
  });
}

/** @throws StudioError `bad-input` */
function checkRewind({ keepAt }: RoundOfTraining, steps: number): void {
  if (keepAt === null || keepAt < steps) return;
  throw new StudioError('bad-input', `Rounds can't go back to step ${keepAt}: a round has only ${steps} steps.`, {
    where: 'rewindTo',
    whatToDo: `Choose a step below ${steps}, or more epochs.`,
  });
}
