// The task `train`: from scratch or on from given weights, resumed where a checkpoint is found, evaluated and written at the end.
import { basename, join } from 'node:path';
import type { EngineResult, EngineTask } from '#contract/engine-messages.ts';
import { readModelFile, writeModelFile } from '#formats/model-file.ts';
import { redrawn } from '#network/initialise.ts';
import { openData } from './data/open-data.ts';
import { withStep } from '#network/lineage.ts';
import { withoutTraining } from '#network/training-state.ts';
import { checkTarget, exportModel } from './exporting/export-model.ts';
import { testScore } from './measuring/evaluate.ts';
import { measureVariant } from './measuring/score-variant.ts';
import { zeroShare } from './measuring/sparsity.ts';
import { openNetwork, scorerFor } from './models/open-network.ts';
import { saveCheckpoint } from './training/checkpoint-files.ts';
import { toFile } from './training/checkpoint.ts';
import { lossName } from './training/losses.ts';
import { openStep } from './training/open-step.ts';
import { freshState, keptEpoch } from './training/loop-state.ts';
import { capturedState, restoreState, stateToGoOnFrom } from './training/kept-state.ts';
import { resumeFrom } from './training/resume.ts';
import { trainLoop } from './training/train-loop.ts';
import { tell, tellPhase, type WorkContext } from './work-context.ts';

type TrainTask = Extract<EngineTask, { kind: 'train' }>;

/** @throws StudioError; Interrupted */
export async function train(context: WorkContext, task: TrainTask): Promise<EngineResult> {
  const { tf, environment, workspace } = context;
  const { settings } = task;
  if (task.exportTo !== null) checkTarget(task.exportTo);
  tellPhase(context, 'loading');
  const order = JSON.stringify({ kind: task.kind, model: basename(task.model), data: basename(task.data), settings });
  const resumed = resumeFrom(context, order);
  const given = resumed?.artifact ?? readModelFile(task.model);
  const anew = resumed === undefined && settings.reinitialise;
  const before = settings.reinitialise
    ? undefined
    : stateToGoOnFrom(context, resumed === undefined ? given : readModelFile(task.model), settings);
  const source = anew ? redrawn(given, settings.seed) : withoutTraining(given);
  if (anew) tell(context, { kind: 'note', text: `Starts from fresh weights, drawn by the seed ${settings.seed}.` });
  const network = await openNetwork(context, source, settings.loss);
  const data = openData(tf, task.data, network.loaded.model, network.head);
  const scorer = scorerFor(context, network, data);
  const stepsBefore = before?.steps ?? 0;
  const step = openStep(context, network, data, { ...settings, stepsBefore }, resumed);
  if (before !== undefined && resumed === undefined) restoreState(step, network.loaded, before);
  const capture = () => {
    step.publish();
    return network.capture();
  };
  const { state, best } = await trainLoop(
    context,
    {
      phase: 'training',
      settings,
      train: data.train,
      validation: data.validation,
      scorer,
      step,
      sparsity: () => zeroShare(capture()),
      weights: () => capture().weights,
      save: (now) =>
        saveCheckpoint(
          workspace,
          now.state.step,
          toFile({
            ...now,
            order,
            artifact: capture(),
            slots: step.captureSlots(),
            masks: new Map(),
            environment,
            step: step.kind,
            task: null,
          }),
        ),
    },
    { state: resumed?.state ?? freshState(), best: resumed?.best ?? [] },
  );
  const artifact = withStep(
    best.length > 0
      ? { ...source, weights: best }
      : { ...capture(), training: capturedState(step, lossName(network.loss, data), settings, stepsBefore + state.step) },
    {
      by: 'training',
      settings,
    },
  );
  step.dispose();
  tellPhase(context, 'measuring');
  network.dispose();
  const { summary, evaluation, latency } = await measureVariant(context, artifact, task.data);
  const staged = writeModelFile(join(workspace, 'trained.model'), artifact);
  const exported = task.exportTo === null ? null : await exportModel(context, artifact, task.exportTo, null);
  return {
    kind: 'train',
    artifact: staged,
    summary,
    epochs: state.epochs,
    keptEpoch: keptEpoch(state, settings),
    test: testScore(evaluation),
    evaluation,
    latency,
    seconds: state.seconds,
    imagesPerSecond: state.trainingSeconds === 0 ? 0 : (data.train.samples * state.epochs.length) / state.trainingSeconds,
    exported,
    environment,
  };
}
