// A finished job as `train` and `prune` print it: the engine's answer in the command line's words, and a summary for people.
import { StudioError } from '#contract/errors.ts';
import { EngineResult } from '#contract/engine-messages.ts';
import type { Certificate } from '#contract/measurement.ts';
import type { Job } from '#contract/nouns.ts';
import { describeBytes } from './print-network.ts';
import { bytes, count, duration, milliseconds, percent, points, times, tiny } from './numbers-for-people.ts';
import { labelled, textTable } from './text-table.ts';

type TrainResult = Extract<EngineResult, { kind: 'train' }>;
type PruneResult = Extract<EngineResult, { kind: 'prune' }>;

/** What `--json` prints: `result` without what only the store needs, and the ids under which the studio keeps it. */
export function jobDocument(job: Job): Record<string, unknown> {
  const { artifact: _, exported: _exported, kind: _kind, ...rest } = job.result ?? {};
  const compaction = rest['certificate'];
  const proven = compaction ?? job.exported?.certificate ?? null;
  return {
    ...rest,
    ...(job.kind === 'prune' ? { certificate: proven, certificateOf: proven === null ? null : compaction == null ? 'export' : 'compaction' } : {}),
    job: job.id, variant: job.variantId, project: job.projectId, notes: job.notes,
    files: job.exported?.files ?? [], exportCertificate: job.exported?.certificate ?? null,
  };
}

export function describeJob(job: Job): string {
  const result = readResult(job);
  const files = job.exported?.files ?? [];
  const body = result.kind === 'train' ? describeTraining(result) : result.kind === 'prune' ? describePruning(result) : [];
  const exported: [string, string][] = job.exported === null ? [] : [['export', describeCertificate(job.exported.certificate)]];
  return [
    ...body,
    labelled([...exported, ...files.map((file): [string, string] => ['written', `${file.path} (${bytes(file.bytes)})`]), ['job', job.id]]),
  ].join('\n');
}

/** The job's stored answer, checked. @throws StudioError */
export function readResult(job: Job): EngineResult {
  // A studio keeps the answer with or without its kind: the job knows it.
  const parsed = EngineResult.safeParse({ kind: job.kind, ...job.result });
  if (!parsed.success) throw new StudioError('damaged-store', `The result of ${job.name} can't be read.`, { where: parsed.error.issues[0]?.path.join('.') });
  return parsed.data;
}


function describeTraining({ epochs, test, seconds, imagesPerSecond, evaluation, latency, environment }: TrainResult): string[] {
  return [
    textTable(['>epoch', '>loss', '>accuracy', '>val. loss', '>val. accuracy'], epochs.map((epoch) => [
      String(epoch.epoch), epoch.loss.toFixed(4), percent(epoch.accuracy), epoch.valLoss?.toFixed(4) ?? '—', epoch.valAccuracy === null ? '—' : percent(epoch.valAccuracy)])),
    '',
    labelled([
      ['test accuracy', `${percent(test.accuracy)} (loss ${test.loss.toFixed(4)}, ${count(evaluation.samples)} samples; train − test ${points(evaluation.gap)} points)`],
      ['time', `${duration(seconds)}, ${count(imagesPerSecond)} images/s`],
      ['latency', describeLatency(latency)],
      ['TensorFlow', `${environment.tensorflow}, ${environment.threads} threads`],
    ]),
  ];
}

function describePruning({ before, pruned, after, certificate, skipped, seconds, latency, recipe, environment }: PruneResult): string[] {
  const accuracy = (value: number | null) => (value === null ? '—' : percent(value));
  const column = (pick: (stage: PruneResult['before']) => string) => [before, pruned, after].map(pick);
  const change = before.accuracy === null || after.accuracy === null ? '' : ` (${points(after.accuracy - before.accuracy)} points)`;
  return [
    textTable(['', '>before', '>pruned', '>after'], [
      ['accuracy', ...column((stage) => accuracy(stage.accuracy))],
      ['parameters', ...column((stage) => count(stage.parameters))],
      ['not zero', ...column((stage) => count(stage.nonzero))],
      ['MACs', ...column((stage) => count(stage.macs))],
      ['bytes raw', ...column((stage) => bytes(stage.bytes.raw))],
      ['bytes gzipped', ...column((stage) => bytes(stage.bytes.gzip))],
      ['bytes sparse', ...column((stage) => bytes(stage.bytes.sparse))],
    ]),
    '',
    labelled([
      ['recipe', `${recipe.granularity}, ${recipe.criterion}, ${recipe.scope}, ${percent(recipe.sparsity, 1)}, ${recipe.schedule}, ${recipe.epochs} epochs`],
      ...(change === '' ? [] : [['accuracy', `${accuracy(after.accuracy)}${change}`] as const]),
      ['size', `${times(before.bytes.raw, after.bytes.raw)} smaller raw, ${times(before.bytes.raw, after.bytes.sparse)} sparse; ${describeBytes(after)}`],
      ['latency', describeLatency(latency)],
      ...(certificate === null ? [] : [['compaction', describeCertificate(certificate)] as const]),
      ...skipped.map(({ layer, why }) => ['left whole', `${layer}: ${why}`] as const),
      ['time', duration(seconds)],
      ['TensorFlow', `${environment.tensorflow}, ${environment.threads} threads`],
    ]),
  ];
}

export function describeLatency(latency: { p50: number; p95: number; batch: number; threads: number; runtime: string; runtimeVersion: string }): string {
  const { p50, p95, batch, threads, runtime, runtimeVersion } = latency;
  return `${milliseconds(p50)} median, ${milliseconds(p95)} p95, batch ${batch}, ${threads} ${threads === 1 ? 'thread' : 'threads'}, ${runtime} ${runtimeVersion}`;
}

export function describeCertificate({ verdict, maxDifference, tolerance, samples, inputs, firstDivergingLayer }: Certificate): string {
  const from = inputs === 'data' ? 'samples' : 'random inputs';
  if (verdict === 'equal') return `answers the same on ${count(samples)} ${from} (largest difference ${tiny(maxDifference)}, allowed ${tiny(tolerance)})`;
  const layer = firstDivergingLayer === null ? '' : `, first in ${firstDivergingLayer}`;
  return `answers DIFFERENTLY on ${count(samples)} ${from}${layer} (largest difference ${tiny(maxDifference)}, allowed ${tiny(tolerance)})`;
}
