// The task `prune`: score, remove, prove the compaction, fine-tune, measure, write; resumed where a checkpoint is found.
import { basename, join } from 'node:path';
import { z } from 'zod';
import { Scored, type EngineResult, type EngineTask } from '#contract/engine-messages.ts';
import { StudioError } from '#contract/errors.ts';
import { Certificate } from '#contract/measurement.ts';
import { readModelFile, writeModelFile } from '#formats/model-file.ts';
import { withStep } from '#network/lineage.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { maskChannels } from '#pruning/channel-masks.ts';
import { prunesChannels } from '#pruning/check-criterion.ts';
import { zeroedChannels } from '#pruning/channel-selection.ts';
import { compactChannels } from '#pruning/compact.ts';
import { selectMasks } from '#pruning/recipe-masks.ts';
import { skippedLayers } from '#pruning/skipped-layers.ts';
import { applyMasks } from '#pruning/weight-masks.ts';
import { checkTarget, exportModel } from './exporting/export-model.ts';
import { certifyCompaction } from './measuring/certify-compaction.ts';
import { measureVariant, scoreVariant } from './measuring/score-variant.ts';
import { gatherEvidence } from './scoring/gather-evidence.ts';
import { fineTune } from './training/fine-tune.ts';
import { keptEpoch } from './training/loop-state.ts';
import { resumeFrom } from './training/resume.ts';
import { tell, tellPhase, type WorkContext } from './work-context.ts';

export type PruneTask = Extract<EngineTask, { kind: 'prune' }>;

/** What was found out before fine-tuning, so that a resumed run need not do it again. */
const Begun = z.object({
  before: Scored,
  pruned: Scored,
  certificate: Certificate.nullable(),
  skipped: z.array(z.object({ layer: z.string(), why: z.string() })),
});
type Begun = z.infer<typeof Begun>;

/** @throws StudioError; Interrupted */
export async function prune(context: WorkContext, given: PruneTask): Promise<EngineResult> {
  const began = performance.now();
  const task = withoutImpossible(context, given);
  const { recipe } = task;
  if (task.exportTo !== null) checkTarget(task.exportTo);
  tellPhase(context, 'loading');
  const order = JSON.stringify({
    kind: task.kind,
    model: basename(task.model),
    data: task.data === null ? null : basename(task.data),
    ...(task.teacher === undefined ? {} : { teacher: basename(task.teacher) }),
    recipe,
  });
  const resumed = recipe.epochs === 0 ? undefined : resumeFrom(context, order);
  const { artifact, begun } =
    resumed === undefined ? await begin(context, task) : { artifact: resumed.artifact, begun: Begun.parse(resumed.task) };
  const tuned =
    task.data === null || recipe.epochs === 0
      ? undefined
      : await fineTune(context, {
          artifact,
          data: task.data,
          teacher: task.teacher,
          recipe,
          order,
          resumed,
          task: begun,
          compacted: recipe.schedule === 'one-shot' && compacts(recipe),
        });
  const { network: pruned, certificate } =
    tuned === undefined ? { network: artifact, certificate: begun.certificate } : await finish(context, task, tuned.artifact, begun);
  const network = withStep(pruned, { by: 'pruning', recipe });
  tellPhase(context, 'measuring');
  const { summary, evaluation, latency } = await measureVariant(context, network, task.data);
  const staged = writeModelFile(join(context.workspace, 'pruned.model'), network);
  const exported = task.exportTo === null ? null : await exportModel(context, network, task.exportTo, null);
  return {
    kind: 'prune',
    artifact: staged,
    summary,
    before: begun.before,
    pruned: begun.pruned,
    after: { ...summary, accuracy: evaluation?.accuracy ?? null, loss: evaluation?.loss ?? null },
    recipe,
    groups: begun.before.groups,
    skipped: begun.skipped,
    certificate,
    epochs: tuned?.state.epochs ?? [],
    keptEpoch: tuned === undefined ? null : keptEpoch(tuned.state, recipe),
    evaluation,
    latency,
    seconds: tuned?.state.seconds ?? (performance.now() - began) / 1000,
    exported,
    environment: context.environment,
  };
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

function compacts({ granularity, compact }: PruneTask['recipe']): boolean {
  return compact && prunesChannels({ granularity });
}

/**
 * Prunes at once to the recipe's final sparsity and scores that: what "pruned" means for every schedule.
 * The network returned is what fine-tuning begins with: pruned (and compacted) for one-shot, whole for schedules that rise.
 */
async function begin(context: WorkContext, { model, data, recipe }: PruneTask): Promise<{ artifact: ModelArtifact; begun: Begun }> {
  const source = readModelFile(model);
  tellPhase(context, 'pruning');
  const before = await scoreVariant(context, source, data);
  const evidence = await gatherEvidence(context, source, recipe, data);
  const { masks, removal } = selectMasks(source, recipe, recipe.sparsity, evidence);
  const masked = removal === null ? applyMasks(source, masks) : maskChannels(source, removal);
  const pruned = removal !== null && compacts(recipe) ? compactChannels(source, removal) : masked;
  const certificate =
    removal !== null && compacts(recipe) ? await certifyCompaction(context, { source, removal, compacted: pruned, data }) : null;
  const scored = await scoreVariant(context, pruned, data);
  const gradual = recipe.schedule !== 'one-shot' && recipe.epochs > 0;
  return {
    artifact: gradual ? source : pruned,
    begun: { before, pruned: scored, certificate, skipped: skippedLayers(source, before, recipe) },
  };
}

/** After a schedule that rose under masks, the channels that ended masked go for good. */
async function finish(
  context: WorkContext,
  { data, recipe }: PruneTask,
  tuned: ModelArtifact,
  { certificate }: Begun,
): Promise<{ network: ModelArtifact; certificate: Certificate | null }> {
  if (!compacts(recipe) || recipe.schedule === 'one-shot') return { network: tuned, certificate };
  const removal = zeroedChannels(tuned, recipe);
  const compacted = compactChannels(tuned, removal);
  return { network: compacted, certificate: await certifyCompaction(context, { source: tuned, removal, compacted, data }) };
}
