// Several seeds of one order, as `train --seeds` and `prune --seeds` print them: each run, their mean with its interval, and the paired tests in words.
import type { Job } from '#contract/nouns.ts';
import { inWords, LEVEL, PairedTest } from '#contract/paired-answers.ts';
import { meanInterval } from '#contract/repeats.ts';
import { jobDocument } from './job-results.ts';
import { bytes, count, duration, percent, points } from './numbers-for-people.ts';
import { labelled, textTable } from './text-table.ts';

/** What `--json` prints; `runs` are the documents of the single runs. */
export function repeatsDocument(jobs: readonly Job[]): Record<string, unknown> {
  const runs = jobs.map((job) => ({ seed: seedOf(job), ...jobDocument(job) }));
  const accuracy = meanInterval(accuraciesOf(jobs));
  const tests = testsOf(jobs);
  return {
    seeds: jobs.map(seedOf),
    accuracy: accuracy === null ? null : { ...accuracy, low: bound(accuracy, -1), high: bound(accuracy, 1) },
    ...errorsOf(jobs),
    baseline: { accuracy: baselineOf(jobs) },
    paired: { tests, verdict: verdictOn(tests) },
    runs,
  };
}

export function describeRepeats(jobs: readonly Job[]): string {
  const accuracy = meanInterval(accuraciesOf(jobs));
  const rmse = meanInterval(jobs.flatMap((job) => rmseOf(job) ?? []));
  const baseline = baselineOf(jobs);
  const verdict = verdictOn(testsOf(jobs));
  const interval =
    accuracy === null || accuracy.half === null
      ? ''
      : ` ± ${(accuracy.half * 100).toFixed(2)} (95 % interval of the mean, ${accuracy.runs} seeds)`;
  return [
    textTable(
      ['>seed', rmse === null ? '>accuracy' : '>RMSE', 'against the baseline', '>time'],
      jobs.map((job) => {
        const test = testOf(job);
        return [String(seedOf(job)), scoreOf(job), test === null ? '—' : inWords(test), duration(job.seconds)];
      }),
    ),
    '',
    labelled([
      rmse === null
        ? ['accuracy', accuracy === null ? '—' : `${percent(accuracy.mean)}${interval}`]
        : [
            'RMSE',
            `${rmse.mean.toPrecision(4)}${rmse.half === null ? '' : ` ± ${rmse.half.toPrecision(2)} (95 % interval of the mean, ${rmse.runs} seeds)`}`,
          ],
      ...(baseline === null || accuracy === null
        ? []
        : [['baseline', `${percent(baseline)} (mean ${points(accuracy.mean - baseline)} points)`] as const]),
      ...(verdict === null ? [] : [['verdict', verdict] as const]),
      ...jobs.flatMap((job) => (job.exported?.files ?? []).map((file) => ['written', `${file.path} (${bytes(file.bytes)})`] as const)),
    ]),
  ].join('\n');
}

/** One sentence on all paired tests; null where there are none. */
export function verdictOn(tests: readonly PairedTest[]): string | null {
  if (tests.length === 0) return null;
  const worse = tests.filter((test) => test.distinguishable && test.onlyFirst > test.onlySecond).length;
  const better = tests.filter((test) => test.distinguishable && test.onlySecond > test.onlyFirst).length;
  const smallest = Math.min(...tests.map(({ p }) => p));
  if (worse + better === 0)
    return `not distinguishable from the baseline in any of ${count(tests.length)} runs (McNemar, smallest p ${smallest.toFixed(3)}, level ${LEVEL})`;
  const parts = [...(worse > 0 ? [`worse than the baseline in ${worse}`] : []), ...(better > 0 ? [`better in ${better}`] : [])];
  const rest = tests.length - worse - better;
  return `${parts.join(', ')} of ${tests.length} runs${rest > 0 ? `, not distinguishable in ${rest}` : ''} (McNemar, level ${LEVEL})`;
}

function seedOf({ order }: Job): number {
  return order.kind === 'train' ? order.settings.seed : order.kind === 'prune' ? order.recipe.seed : 0;
}

/** A job keeps the engine's answer as JSON; what isn't there is unknown. */
function numberIn(value: unknown, ...path: readonly string[]): number | null {
  const found = path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? new Map(Object.entries(at)).get(key) : undefined),
    value,
  );
  return typeof found === 'number' ? found : null;
}
const accuracyOf = ({ result }: Job) => numberIn(result, 'evaluation', 'accuracy');
const rmseOf = ({ result }: Job) => numberIn(result, 'evaluation', 'regression', 'test', 'rmse');
const accuraciesOf = (jobs: readonly Job[]) => jobs.flatMap((job) => accuracyOf(job) ?? []);
const baselineOf = ([first]: readonly Job[]) => numberIn(first?.result, 'before', 'accuracy');
const testOf = ({ result }: Job) => PairedTest.nullable().safeParse(result?.['paired']).data ?? null;
const testsOf = (jobs: readonly Job[]) => jobs.flatMap((job) => testOf(job) ?? []);

function scoreOf(job: Job): string {
  return rmseOf(job)?.toPrecision(4) ?? percentOrDash(accuracyOf(job));
}

/** Where the networks answer with numbers. */
function errorsOf(jobs: readonly Job[]): Record<string, unknown> {
  const rmse = meanInterval(jobs.flatMap((job) => rmseOf(job) ?? []));
  return rmse === null ? {} : { rmse: { ...rmse, low: bound(rmse, -1), high: bound(rmse, 1) } };
}

function bound({ mean, half }: { mean: number; half: number | null }, side: -1 | 1): number | null {
  return half === null ? null : mean + side * half;
}

function percentOrDash(share: number | null): string {
  return share === null ? '—' : percent(share);
}
