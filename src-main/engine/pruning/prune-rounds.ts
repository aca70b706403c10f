// Round after round: prune, train, score, keep what held; each can be stopped and taken up again anywhere.
import { join } from 'node:path';
import type { Scored } from '#contract/engine-messages.ts';
import type { RoundScore } from '#contract/measurement.ts';
import { readModelFile, writeModelFile } from '#formats/model-file.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { withoutTraining } from '#network/training-state.ts';
import type { Removal } from '#pruning/channel-selection.ts';
import { noEvidence, type Evidence } from '#pruning/evidence.ts';
import { roundsOf, type Round } from '#pruning/schedules.ts';
import { applyMasks } from '#pruning/weight-masks.ts';
import { scoreVariant, validationAccuracy } from '../measuring/score-variant.ts';
import type { Checkpoint } from '../training/checkpoint.ts';
import { fineTune, type TrainedRound } from '../training/fine-tune.ts';
import { keptEpoch } from '../training/loop-state.ts';
import { readRewindPoint } from '../training/rewind-point.ts';
import type { Masks } from '../training/training-step.ts';
import { tell, tellPhase, type WorkContext } from '../work-context.ts';
import { describeFall, floorFrom, holds, judged } from './accuracy-floor.ts';
import { beginPruning, startingNetwork, type PruneTask } from './begin-pruning.ts';
import { cutNetwork } from './cut-network.ts';
import type { PruningState } from './pruning-state.ts';

const KEPT = 'kept.model';

/** A round about to be trained. */
interface OpenRound {
  readonly network: ModelArtifact;
  readonly masks: Masks;
  readonly start: Checkpoint | undefined;
  readonly state: PruningState;
}

/**
 * `network`: masked still where channels are to go for good after all training.
 * @throws StudioError; Interrupted, after a checkpoint where it was a pause
 */
export async function pruneRounds(
  context: WorkContext,
  task: PruneTask,
  order: string,
  resumed: { readonly checkpoint: Checkpoint; readonly state: PruningState } | undefined,
): Promise<{ network: ModelArtifact; state: PruningState }> {
  const rounds = roundsOf(task.recipe);
  let open = resumed === undefined ? undefined : takeUp(resumed.checkpoint, resumed.state);
  let state = open?.state ?? (await beginPruning(context, task));
  let network = open?.network ?? startingNetwork(task);
  let movement = noEvidence;
  for (; state.at < rounds.length; state = { ...state, at: state.at + 1 }) {
    const round = rounds[state.at]!;
    open ??= await openRound(context, task, round, network, state, movement);
    const trained = await trainRound(context, task, order, open);
    movement = trained.movement;
    ({ network, state } = await closeRound(context, task, round, trained, open.state));
    open = undefined;
    const score = state.rounds.at(-1)!;
    if (state.floor !== null && !holds(score, state.floor)) {
      const kept = state.rounds.find(({ round: number }) => number === state.kept.round);
      tell(context, { kind: 'note', text: describeFall(score, state.floor, kept) });
      network = kept === undefined ? withoutTraining(readModelFile(task.model)) : readModelFile(join(context.workspace, KEPT));
      break;
    }
    if (state.floor !== null) writeModelFile(join(context.workspace, KEPT), network);
    state = { ...state, kept: { round: round.round, cut: state.cut, epoch: state.keptEpoch } };
  }
  return { network, state };
}

function takeUp(checkpoint: Checkpoint, state: PruningState): OpenRound {
  return { network: checkpoint.artifact, masks: checkpoint.masks, start: checkpoint, state };
}

/** Prunes `trained`, and rewinds what is left where the round says so. */
async function openRound(
  context: WorkContext,
  { recipe, data }: PruneTask,
  round: Round,
  trained: ModelArtifact,
  before: PruningState,
  movement: Evidence,
): Promise<OpenRound> {
  const from = { steps: 0, epochs: 0, seconds: 0 };
  if (round.round === 0) return { network: trained, masks: new Map(), start: undefined, state: { ...before, cut: null, from } };
  tellPhase(context, 'pruning');
  const { sparsity } = round;
  const rises = recipe.schedule === 'polynomial' && recipe.epochs > 0;
  if (rises && recipe.criterion === 'movement') {
    // Nothing has moved yet that a first cut could be judged by.
    const cut = { sparsity, removal: null, pruned: before.before, certificate: null };
    return { network: trained, masks: new Map(), start: undefined, state: { ...before, cut, from } };
  }
  const forGood = recipe.schedule === 'one-shot' && recipe.splice === 0;
  const { network, masks, cut } = await cutNetwork(context, trained, { recipe, sparsity, data, movement, forGood });
  if (rises) return { network: trained, masks: new Map(), start: undefined, state: { ...before, cut, from } };
  if (!round.rewinds) return { network, masks, start: undefined, state: { ...before, cut, from } };
  const point = readRewindPoint(context.workspace);
  const { step: steps, epochs, seconds } = point.state;
  const artifact = applyMasks(point.artifact, masks);
  return {
    network: artifact,
    masks,
    start: { ...point, artifact, masks },
    state: { ...before, cut, from: { steps, epochs: epochs.length, seconds } },
  };
}

async function trainRound(
  context: WorkContext,
  { recipe, data, teacher }: PruneTask,
  order: string,
  { network, masks, start, state }: OpenRound,
): Promise<TrainedRound> {
  const removal = state.cut?.removal ?? null;
  const goneForGood = recipe.schedule === 'one-shot' && state.cut?.certificate !== null;
  const asMap = removal === null || goneForGood ? null : new Map(removal);
  if (data === null || recipe.epochs === 0) return { artifact: network, state: null, removal: asMap, movement: noEvidence };
  const rounds = roundsOf(recipe);
  return fineTune(context, {
    artifact: network,
    data,
    teacher,
    recipe,
    order,
    masks,
    removal: asMap,
    sparsity: rounds[state.at]?.sparsity ?? recipe.sparsity,
    rises: recipe.schedule === 'polynomial',
    start,
    from: state.from,
    before: { steps: state.steps, epochs: state.epochs.length },
    later: { rounds: rounds.length - state.at - 1, from: rounds.at(-1)?.rewinds === true ? recipe.rewindTo : 0 },
    keepAt: rounds[state.at]?.round === 0 ? recipe.rewindTo : null,
    task: (chosen): PruningState => ({ ...state, cut: withRemoval(state.cut, chosen) }),
  });
}

function withRemoval(cut: PruningState['cut'], removal: Removal | null): PruningState['cut'] {
  if (cut === null || removal === null) return cut;
  return { ...cut, removal: [...removal].map(([group, channels]) => [group, [...channels]]) };
}

async function closeRound(
  context: WorkContext,
  { recipe, data }: PruneTask,
  { round, sparsity }: Round,
  { artifact, state: loop, removal }: TrainedRound,
  before: PruningState,
): Promise<{ network: ModelArtifact; state: PruningState }> {
  const { cut, from } = before;
  // An only round is scored with the finished network, once.
  const scored = data !== null && (roundsOf(recipe).length > 1 || before.floor !== null);
  if (scored) tellPhase(context, 'measuring');
  const score: RoundScore = {
    round,
    sparsity,
    pruned: cut === null ? null : scoreOf(cut.pruned),
    after: scored ? scoreOf(await scoreVariant(context, artifact, data)) : null,
    validationAccuracy: scored ? await validationAccuracy(context, artifact, data) : null,
  };
  const epochs = (loop?.epochs ?? []).slice(from.epochs);
  const keptOne = loop === null ? null : keptEpoch(loop, recipe);
  const state: PruningState = {
    ...before,
    cut: withRemoval(cut, removal),
    floor: round === 0 ? floorFrom(recipe, judged(score)) : before.floor,
    rounds: [...before.rounds, score],
    epochs: [...before.epochs, ...epochs.map((epoch) => ({ ...epoch, epoch: epoch.epoch - from.epochs + before.epochs.length }))],
    keptEpoch: keptOne === null ? null : keptOne - from.epochs + before.epochs.length,
    steps: before.steps + (loop === null ? 0 : loop.step - from.steps),
    seconds: before.seconds + (loop === null ? 0 : loop.seconds - from.seconds),
  };
  return { network: artifact, state };
}

function scoreOf({ loss, accuracy, regression }: Pick<Scored, 'loss' | 'accuracy' | 'regression'>): RoundScore['after'] {
  return loss === null ? null : { loss, accuracy, ...(regression === undefined ? {} : { regression }) };
}
