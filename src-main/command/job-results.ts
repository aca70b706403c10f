// A finished job as `train` and `prune` print it: the engine's answer in the command line's words, and a summary for people.
import type { z } from 'zod';
import { StudioError } from '#contract/errors.ts';
import { EngineResult } from '#contract/engine-messages.ts';
import type { Certificate, ExportAccuracy } from '#contract/measurement.ts';
import { inWords, PairedTest } from '#contract/paired-answers.ts';
import type { Job } from '#contract/nouns.ts';
import { describeBytes } from './print-network.ts';
import { describeSensitivity, sensitivityOf } from './print-sensitivity.ts';
import { bytes, count, duration, milliseconds, percent, points, times, tiny } from './numbers-for-people.ts';
import { describeErrors } from './describe-errors.ts';
import { labelled, textTable } from './text-table.ts';

// A job keeps the engine's answer without its kind and without the staged file, which is in the store by then.
const [trainAnswer, pruneAnswer] = EngineResult.options;
const TrainResult = trainAnswer.omit({ kind: true, artifact: true });
const PruneResult = pruneAnswer.omit({ kind: true, artifact: true });
type TrainResult = z.infer<typeof TrainResult>;
type PruneResult = z.infer<typeof PruneResult>;

/** What `--json` prints: `result` without what only the store needs, and the ids under which the studio keeps it. */
export function jobDocument(job: Job): Record<string, unknown> {
  const { exported: _, ...rest } = job.result ?? {};
  const compaction = rest['certificate'];
  const proven = compaction ?? job.exported?.certificate ?? null;
  return {
    ...rest,
    ...(job.kind === 'prune'
      ? { certificate: proven, certificateOf: proven === null ? null : compaction == null ? 'export' : 'compaction' }
      : {}),
    job: job.id,
    variant: job.variantId,
    project: job.projectId,
    notes: job.notes,
    files: job.exported?.files ?? [],
    exportCertificate: job.exported?.certificate ?? null,
  };
}

export function describeJob(job: Job): string {
  if (job.kind === 'sensitivity') return [describeSensitivity(sensitivityOf(job)), `job   ${job.id}`].join('\n');
  const { table, facts } = describeResult(job);
  const paired = PairedTest.nullable().safeParse(job.result?.['paired']).data ?? null;
  const against = paired === null ? [] : [['against before', inWords(paired)] as const];
  const certificate = job.exported === null ? [] : [['export', describeCertificate(job.exported.certificate)] as const];
  const written = (job.exported?.files ?? []).map((file) => ['written', `${file.path} (${bytes(file.bytes)})`] as const);
  return [...(table === null ? [] : [table, '']), labelled([...facts, ...against, ...certificate, ...written, ['job', job.id]])].join('\n');
}

interface Described {
  readonly table: string | null;
  readonly facts: readonly (readonly [string, string])[];
}

/** @throws StudioError `damaged-store` where the kept answer is not what the engine gives */
function describeResult({ kind, name, result }: Job): Described {
  if (kind !== 'train' && kind !== 'prune') return { table: null, facts: [['done', name]] };
  const training = kind === 'train' ? TrainResult.safeParse(result) : undefined;
  if (training?.success) return describeTraining(training.data);
  const pruning = kind === 'prune' ? PruneResult.safeParse(result) : undefined;
  if (pruning?.success) return describePruning(pruning.data);
  const [issue] = (training ?? pruning)?.error?.issues ?? [];
  throw new StudioError('damaged-store', `The result of ${name} can't be read.`, { where: issue?.path.join('.') });
}

function describeTraining({ epochs, keptEpoch, test, seconds, imagesPerSecond, evaluation, latency, environment }: TrainResult): Described {
  const numbers = test.regression !== undefined;
  return {
    table: textTable(
      ['>epoch', '>loss', ...(numbers ? [] : ['>accuracy']), '>val. loss', ...(numbers ? [] : ['>val. accuracy'])],
      epochs.map((epoch) => [
        String(epoch.epoch),
        epoch.loss.toFixed(4),
        ...(numbers ? [] : [shareOrDash(epoch.accuracy)]),
        epoch.valLoss?.toFixed(4) ?? '—',
        ...(numbers ? [] : [shareOrDash(epoch.valAccuracy)]),
      ]),
    ),
    facts: [
      ...(keptEpoch === null || keptEpoch === epochs.length ? [] : [['weights', `of epoch ${keptEpoch}, the best on validation`] as const]),
      test.regression === undefined
        ? [
            'test accuracy',
            `${shareOrDash(test.accuracy)} (loss ${test.loss.toFixed(4)}, ${count(evaluation.samples)} samples; train − test ${points(evaluation.gap ?? 0)} points)`,
          ]
        : ['test errors', `${describeErrors(test.regression)} (loss ${test.loss.toFixed(4)}, ${count(evaluation.samples)} samples)`],
      ['time', `${duration(seconds)}, ${count(imagesPerSecond)} images/s`],
      ['latency', describeLatency(latency)],
      ['TensorFlow', `${environment.tensorflow}, ${environment.threads} threads`],
    ],
  };
}

function describePruning({
  rounds,
  floor,
  before,
  pruned,
  after,
  certificate,
  skipped,
  seconds,
  latency,
  recipe,
  environment,
}: PruneResult): Described {
  const row = (title: string, pick: (stage: PruneResult['before']) => string) => [title, ...[before, pruned, after].map(pick)];
  const change =
    before.accuracy === null || after.accuracy === null
      ? []
      : [['accuracy', `${percent(after.accuracy)} (${points(after.accuracy - before.accuracy)} points)`] as const];
  return {
    table: textTable(
      ['', '>before', '>pruned', '>after'],
      [
        ...(after.regression === undefined
          ? [row('accuracy', (stage) => shareOrDash(stage.accuracy))]
          : [
              row('RMSE', (stage) => stage.regression?.rmse.toPrecision(4) ?? '—'),
              row('R²', (stage) => stage.regression?.r2?.toFixed(4) ?? '—'),
            ]),
        row('parameters', (stage) => count(stage.parameters)),
        row('not zero', (stage) => count(stage.nonzero)),
        row('MACs', (stage) => count(stage.macs)),
        row('bytes raw', (stage) => bytes(stage.bytes.raw)),
        row('bytes gzipped', (stage) => bytes(stage.bytes.gzip)),
        row('bytes sparse', (stage) => bytes(stage.bytes.sparse)),
      ],
    ),
    facts: [
      [
        'recipe',
        `${recipe.granularity}, ${recipe.criterion}, ${recipe.scope}, ${percent(recipe.sparsity, 1)}, ${recipe.schedule}, ${recipe.epochs} ${recipe.epochs === 1 ? 'epoch' : 'epochs'}`,
      ],
      ...change,
      ...describeRounds(rounds, floor),
      [
        'size',
        `${times(before.bytes.raw, after.bytes.raw)} smaller raw, ${times(before.bytes.raw, after.bytes.sparse)} sparse; ${describeBytes(after)}`,
      ],
      ['latency', describeLatency(latency)],
      ...(certificate === null ? [] : [['compaction', describeCertificate(certificate)] as const]),
      ...skipped.map(({ layer, why }) => ['left whole', `${layer}: ${why}`] as const),
      ['time', duration(seconds)],
      ['TensorFlow', `${environment.tensorflow}, ${environment.threads} threads`],
    ],
  };
}

/** A line a round, where there was more than one. */
function describeRounds(rounds: PruneResult['rounds'], floor: PruneResult['floor']): (readonly [string, string])[] {
  if (rounds.length < 2 && floor === null) return [];
  const lines = rounds.map(({ round, sparsity, pruned, after }) => {
    const scores = `${shareOrDash(pruned?.accuracy ?? null)} pruned, ${shareOrDash(after?.accuracy ?? null)} after training`;
    return [`round ${round}`, `${percent(sparsity, 1)}: ${scores}`] as const;
  });
  if (floor === null) return lines;
  const kept = floor.keptRound === null ? 'the network as it was' : `round ${floor.keptRound}`;
  const held = floor.stopped ? `the last round fell below; ${kept} is kept` : 'held by every round';
  return [...lines, ['floor', `${percent(floor.accuracy)} on the ${floor.judgedOn} split: ${held}`]];
}

function shareOrDash(share: number | null): string {
  return share === null ? '—' : percent(share);
}

export function describeLatency(latency: {
  p50: number;
  p95: number;
  batch: number;
  threads: number;
  runtime: string;
  runtimeVersion: string;
}): string {
  const { p50, p95, batch, threads, runtime, runtimeVersion } = latency;
  return `${milliseconds(p50)} median, ${milliseconds(p95)} p95, batch ${batch}, ${threads} ${threads === 1 ? 'thread' : 'threads'}, ${runtime} ${runtimeVersion}`;
}

export function describeCertificate(certificate: Certificate): string {
  const { verdict, maxDifference, tolerance, samples, inputs, firstDivergingLayer, top1Agreement, runtime } = certificate;
  const from = `${count(samples)} ${inputs === 'data' ? 'samples' : 'random inputs'}`;
  const figures = `(largest difference ${tiny(maxDifference)}, allowed ${tiny(tolerance)}; ${runtime})`;
  if (verdict === 'equal')
    return maxDifference <= tolerance || top1Agreement === null
      ? `answers the same on ${from} ${figures}`
      : `decides the same on ${percent(top1Agreement)} of ${from} ${figures}`;
  const layer = firstDivergingLayer === null ? '' : `, first in ${firstDivergingLayer}`;
  return `answers DIFFERENTLY on ${from}${layer} ${figures}`;
}

export function describeExportAccuracy({ source, exported, samples, calibratedOn }: ExportAccuracy): string {
  const calibrated = calibratedOn === null ? '' : `; calibrated on ${count(calibratedOn)}`;
  return `${percent(exported)}, ${points(exported - source)} points from float32's ${percent(source)} (${count(samples)} test samples${calibrated})`;
}
