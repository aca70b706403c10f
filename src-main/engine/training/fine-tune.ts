// Fine-tuning under masks: one-shot holds what was pruned, the other schedules prune further while training goes on.
import type { Recipe } from '#contract/recipe.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { selectMasks } from '#pruning/recipe-masks.ts';
import { masksChangeAt, sparsityAt } from '#pruning/schedules.ts';
import { openData } from '../data/open-data.ts';
import { zeroShare } from '../measuring/sparsity.ts';
import { openNetwork, scorerFor } from '../models/open-network.ts';
import { gatherEvidence } from '../scoring/gather-evidence.ts';
import type { WorkContext } from '../work-context.ts';
import { saveCheckpoint } from './checkpoint-files.ts';
import { toFile, type Checkpoint } from './checkpoint.ts';
import { distilled, openTeacher } from './distillation.ts';
import { freshState, type LoopState } from './loop-state.ts';
import { openStep } from './open-step.ts';
import { trainLoop } from './train-loop.ts';
import type { Masks } from './training-step.ts';

export interface FineTuning {
  readonly artifact: ModelArtifact;
  readonly data: string;
  /** A second network to learn from. */
  readonly teacher: string | undefined;
  readonly recipe: Recipe;
  readonly order: string;
  readonly resumed: Checkpoint | undefined;
  /** Kept in each checkpoint. */
  readonly task: unknown;
  /** The pruned channels are gone already: nothing is masked. */
  readonly compacted: boolean;
}

/** @throws StudioError; Interrupted, after a checkpoint where it was a pause */
export async function fineTune(
  context: WorkContext,
  { artifact, data: path, teacher: teacherPath, recipe, order, resumed, task, compacted }: FineTuning,
): Promise<{ artifact: ModelArtifact; state: LoopState }> {
  const { tf, environment, workspace } = context;
  const network = await openNetwork(context, artifact);
  const data = openData(tf, path, network.loaded.model, network.head);
  const teacher = teacherPath === undefined ? undefined : await openTeacher(context, teacherPath, network);
  const loss = teacher === undefined ? network.loss : distilled(tf, network.loss, teacher.loaded, recipe);
  const step = openStep(context, network, data, recipe, resumed, loss);
  let masks: Masks = resumed?.masks ?? new Map();
  const capture = () => {
    step.publish();
    return network.capture();
  };
  const { state, best } = await trainLoop(
    context,
    {
      phase: 'fine-tuning',
      settings: recipe,
      train: data.train,
      validation: data.validation,
      scorer: scorerFor(context, network, data),
      step,
      sparsity: () => zeroShare(capture()),
      beforeStep: async (at, steps) => {
        const position = { step: at, steps, final: recipe.sparsity, rounds: recipe.rounds };
        if (compacted || !masksChangeAt(recipe.schedule, position)) return false;
        const now = capture();
        const evidence = await gatherEvidence(context, now, recipe, path);
        masks = selectMasks(now, recipe, sparsityAt(recipe.schedule, position), evidence).masks;
        step.setMasks(masks);
        return true;
      },
      settled: (at, steps) => {
        const sparsityBefore = (step: number) =>
          sparsityAt(recipe.schedule, { step, steps, final: recipe.sparsity, rounds: recipe.rounds });
        return compacted || sparsityBefore(at - 1) === sparsityBefore(steps - 1);
      },
      weights: () => capture().weights,
      save: (now) =>
        saveCheckpoint(
          workspace,
          now.state.step,
          toFile({ ...now, order, artifact: capture(), slots: step.captureSlots(), masks, environment, step: step.kind, task }),
        ),
    },
    { state: resumed?.state ?? freshState(), best: resumed?.best ?? [] },
  );
  const tuned = best.length > 0 ? { ...artifact, weights: best } : capture();
  step.dispose();
  network.dispose();
  teacher?.dispose();
  return { artifact: tuned, state };
}
