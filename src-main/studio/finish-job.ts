// What a finished job leaves: file first, then one transaction with variant, measurements and the job's end, then the news.
import type { EngineResult, Scored } from '#contract/engine-messages.ts';
import type { Score } from '#contract/measurement.ts';
import { Exported, type Job, type Variant } from '#contract/nouns.ts';
import { variantOf } from './engine-task.ts';
import { takeAnswers, type FoundAnswers } from './keep-answers.ts';
import { newId } from './ids.ts';
import type { Jobs } from './jobs.ts';
import { describeVariant, keepArtifact, projectOf } from './keep-artifact.ts';
import type { StudioParts } from './studio-parts.ts';

export function finishJob(parts: StudioParts, jobs: Jobs, job: Job, given: EngineResult, workspace: string, seconds: number): void {
  const answers = takeAnswers(parts, job, given);
  const { result, paired } = answers;
  const document = result.kind === 'prune' ? { ...shown(result), paired } : shown(result);
  const done = { seconds, result: document, exported: exportedBy(result), problem: null };
  if (result.kind === 'train' || result.kind === 'prune') return finishVariant(parts, jobs, job, { result, answers }, workspace, done);
  const { store, feed, now } = parts;
  jobs.enter(job.id, 'done', done, () => {
    answers.keep(null);
    if (result.kind === 'evaluate') store.measurements.addEvaluation(job.order.variantId, now(), result);
    if (result.kind === 'measure') store.measurements.addLatency(job.order.variantId, now(), result);
  });
  const variant = store.variants.find(job.order.variantId);
  if (variant === undefined || (result.kind !== 'evaluate' && result.kind !== 'measure')) return;
  describeVariant(store, variant);
  feed.tell('variantChanged', { variant });
}

type Made = Extract<EngineResult, { kind: 'train' | 'prune' }>;

function finishVariant(
  parts: StudioParts,
  jobs: Jobs,
  job: Job,
  { result, answers }: { readonly result: Made; readonly answers: FoundAnswers },
  workspace: string,
  done: object,
): void {
  const { store, feed, now } = parts;
  const variant = variantMadeBy(job, result, variantOf(store, job.order.variantId), now());
  keepArtifact(store, result.artifact, workspace);
  describeVariant(store, variant);
  const firstTrained = variant.kind === 'trained' && projectOf(store, job.projectId).baselineId === null;
  jobs.enter(job.id, 'done', { ...done, variantId: variant.id }, () => {
    store.variants.insert(variant);
    answers.keep(variant.id);
    if (firstTrained) store.projects.setBaseline(job.projectId, variant.id);
  });
  feed.tell('variantChanged', { variant });
  if (firstTrained) feed.tell('projectChanged', { project: projectOf(store, job.projectId) });
}

function variantMadeBy(job: Job, result: Made, parent: Variant, now: number): Variant {
  return {
    id: newId('variant'),
    projectId: job.projectId,
    modelId: parent.modelId,
    parentId: parent.id,
    jobId: job.id,
    name: job.name,
    createdAt: now,
    artifact: result.artifact.sha256,
    artifactBytes: result.artifact.bytes,
    evaluation: result.evaluation,
    latency: result.latency,
    latencies: [result.latency],
    repeat: 'repeat' in job.order ? (job.order.repeat ?? null) : null,
    ...(result.kind === 'train'
      ? {
          kind: 'trained',
          made: { by: 'training', settings: settingsOf(job) },
          summary: result.summary,
          prunedScore: null,
          certificate: null,
        }
      : {
          kind: 'pruned',
          made: { by: 'pruning', recipe: result.recipe },
          summary: result.summary,
          prunedScore: scoreOf(result.pruned),
          certificate: result.certificate,
        }),
  };
}

function settingsOf({ id, order }: Job) {
  if (order.kind !== 'train') throw new Error(`${id} answered as training but was ordered as ${order.kind}`);
  return order.settings;
}

function scoreOf({ loss, accuracy, regression }: Pick<Scored, 'loss' | 'accuracy' | 'regression'>): Score | null {
  return loss === null ? null : { loss, accuracy, ...(regression === undefined ? {} : { regression }) };
}

/** The answer as the command line prints it: all but the staged file, which is in the store by then. */
function shown(result: EngineResult): Record<string, unknown> {
  return Object.fromEntries(Object.entries(result).filter(([field]) => field !== 'kind' && field !== 'artifact'));
}

function exportedBy(result: EngineResult): Job['exported'] {
  if (result.kind === 'export') return Exported.parse(result);
  return result.kind === 'train' || result.kind === 'prune' ? result.exported : null;
}
