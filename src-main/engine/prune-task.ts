// The task `prune`: rounds of pruning and training, compaction with its proof, measures, files; resumed where a checkpoint is found.
import { basename, join } from 'node:path';
import type { EngineResult } from '#contract/engine-messages.ts';
import { StudioError } from '#contract/errors.ts';
import type { Certificate, Evaluation, RoundScore } from '#contract/measurement.ts';
import { writeModelFile } from '#formats/model-file.ts';
import { withStep } from '#network/lineage.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { prunesChannels } from '#pruning/check-criterion.ts';
import { checkTarget, exportModel } from './exporting/export-model.ts';
import { testScore } from './measuring/evaluate.ts';
import { measureVariant } from './measuring/score-variant.ts';
import { floorOutcome } from './pruning/accuracy-floor.ts';
import type { PruneTask } from './pruning/begin-pruning.ts';
import { compacts, sweep, takeOut } from './pruning/cut-network.ts';
import { pruneRounds } from './pruning/prune-rounds.ts';
import { PruningState, type Cut } from './pruning/pruning-state.ts';
import { resumeFrom } from './training/resume.ts';
import { tell, tellPhase, type WorkContext } from './work-context.ts';

/** @throws StudioError; Interrupted */
export async function prune(context: WorkContext, given: PruneTask): Promise<EngineResult> {
  const began = performance.now();
  const task = withoutImpossible(context, given);
  const { recipe, data } = task;
  if (task.exportTo !== null) checkTarget(task.exportTo);
  tellPhase(context, 'loading');
  const order = JSON.stringify({
    kind: task.kind,
    model: basename(task.model),
    data: data === null ? null : basename(data),
    ...(task.teacher === undefined ? {} : { teacher: basename(task.teacher) }),
    recipe,
  });
  const checkpoint = recipe.epochs === 0 ? undefined : resumeFrom(context, order);
  const resumed = checkpoint === undefined ? undefined : { checkpoint, state: PruningState.parse(checkpoint.task) };
  const { network: trained, state } = await pruneRounds(context, task, order, resumed);
  const { network: pruned, certificate } = await finish(context, task, trained, state.kept.cut);
  const network = withStep(pruned, { by: 'pruning', recipe });
  tellPhase(context, 'measuring');
  const { summary, evaluation, latency } = await measureVariant(context, network, data);
  const staged = writeModelFile(join(context.workspace, 'pruned.model'), network);
  const exported = task.exportTo === null ? null : await exportModel(context, network, task.exportTo, null);
  const after = { ...summary, ...(evaluation === null ? { accuracy: null, loss: null } : testScore(evaluation)) };
  return {
    kind: 'prune',
    artifact: staged,
    summary,
    before: state.before,
    pruned: state.kept.cut?.pruned ?? (state.kept.round === null ? state.before : after),
    after,
    recipe,
    rounds: withFinalScore(state.rounds, evaluation),
    floor: floorOutcome(state),
    groups: state.before.groups,
    skipped: state.skipped,
    certificate,
    epochs: state.epochs,
    keptEpoch: state.kept.epoch,
    evaluation,
    latency,
    seconds: recipe.epochs === 0 ? (performance.now() - began) / 1000 : state.seconds,
    exported,
    environment: context.environment,
  };
}

/** An only round was not scored by itself: what came of it is the result. */
function withFinalScore(rounds: readonly RoundScore[], evaluation: Evaluation | null): RoundScore[] {
  if (rounds.length !== 1 || evaluation === null || rounds[0]!.after !== null) return [...rounds];
  return [{ ...rounds[0]!, after: testScore(evaluation), validationAccuracy: evaluation.validationAccuracy }];
}

/** Without data nothing can be fine-tuned, and a schedule that rises during fine-tuning has nothing to rise in. */
function withoutImpossible(context: WorkContext, task: PruneTask): PruneTask {
  if (task.data !== null) return task;
  if (task.recipe.schedule !== 'one-shot') {
    throw new StudioError(
      'bad-input',
      `The schedule "${task.recipe.schedule}" prunes while it fine-tunes, and there are no data to fine-tune with.`,
      {
        where: 'schedule',
        whatToDo: 'Give a dataset, or take the schedule "one-shot".',
      },
    );
  }
  if (task.recipe.epochs > 0) tell(context, { kind: 'note', text: 'There are no data, so nothing was fine-tuned.' });
  return { ...task, recipe: { ...task.recipe, epochs: 0 } };
}

/** Channels that were masked while the network was trained, or that its masks have left dead, go for good. */
async function finish(
  context: WorkContext,
  { data, recipe }: PruneTask,
  trained: ModelArtifact,
  cut: Cut | null,
): Promise<{ network: ModelArtifact; certificate: Certificate | null }> {
  const already = cut?.certificate ?? null;
  if (cut !== null && recipe.sweep && !prunesChannels(recipe))
    return (await sweep(context, trained, data)) ?? { network: trained, certificate: null };
  if (cut === null || cut.removal === null || already !== null || !compacts(recipe)) return { network: trained, certificate: already };
  return (await takeOut(context, trained, new Map(cut.removal), data))!;
}
