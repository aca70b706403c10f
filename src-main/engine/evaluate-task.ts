// The tasks that change nothing: `evaluate`, `measure` and `export`.
import type { EngineResult, EngineTask } from '#contract/engine-messages.ts';
import { readModelFile } from '#formats/model-file.ts';
import { checkTarget, exportModel } from './exporting/export-model.ts';
import { measureLatency } from './measuring/latency.ts';
import { evaluateVariant } from './measuring/score-variant.ts';
import { tellPhase, type WorkContext } from './work-context.ts';

type Task<K extends EngineTask['kind']> = Extract<EngineTask, { kind: K }>;

/** @throws StudioError; Interrupted */
export async function evaluateTask(context: WorkContext, task: Task<'evaluate'>): Promise<EngineResult> {
  tellPhase(context, 'loading');
  const artifact = readModelFile(task.model);
  tellPhase(context, 'evaluating');
  return { kind: 'evaluate', ...(await evaluateVariant(context, artifact, task.data)), environment: context.environment };
}

/** @throws StudioError; Interrupted */
export async function measureTask(context: WorkContext, task: Task<'measure'>): Promise<EngineResult> {
  tellPhase(context, 'loading');
  const artifact = readModelFile(task.model);
  tellPhase(context, 'measuring');
  return { kind: 'measure', ...(await measureLatency(context, artifact, task.settings)), environment: context.environment };
}

/** @throws StudioError; Interrupted */
export async function exportTask(context: WorkContext, task: Task<'export'>): Promise<EngineResult> {
  checkTarget(task.exportTo);
  tellPhase(context, 'exporting');
  return { kind: 'export', ...(await exportModel(context, readModelFile(task.model), task.exportTo, task.data)) };
}
