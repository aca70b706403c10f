// The comparison as a file to read, print and send.
import type { EpochScore } from '#contract/measurement.ts';
import type { MetricPoint } from '#contract/nouns.ts';
import { paretoFront } from '#contract/comparison.ts';
import { fileNameOf, offerFile } from '../../controls/offer-file.ts';
import { scoreOf, type ScoreKind } from '../../format/scores.ts';
import type { Cost } from './costs.ts';
import type { VariantRow } from './variant-rows.ts';

/** A report has a chart of layers for each: more than these nobody would read. */
export const mostReported = 40;

/**
 * What a report is about, the baseline first: what is selected; else all that are listed; of too many the front, its cheapest first.
 * Worked example: baseline b, listed a b c, nothing selected → b a c.
 */
export function reportedRows(
  listed: readonly VariantRow[],
  selected: readonly VariantRow[],
  all: readonly VariantRow[],
  cost: Cost,
  kind: ScoreKind,
) {
  const wished = selected.length > 0 ? selected : listed;
  const fits = wished.length <= mostReported;
  const front = fits
    ? []
    : paretoFront(wished.map(({ variant }) => ({ cost: cost.of(variant), score: scoreOf(variant.evaluation, kind) })));
  const rows = fits ? wished : front.flatMap((index) => wished[index] ?? []);
  const baseline = all.find(({ isBaseline }) => isBaseline);
  return [...new Set([...(baseline === undefined ? [] : [baseline]), ...rows])].slice(0, mostReported);
}

export async function saveReport(
  title: string,
  rows: readonly VariantRow[],
  loadSeries: (jobId: string) => Promise<readonly MetricPoint[]>,
): Promise<void> {
  const [{ drawReport }, epochs] = await Promise.all([
    import('../../report/draw-report.ts'),
    Promise.all(rows.map(async ({ variant }) => (variant.jobId === null ? null : epochsOf(await loadSeries(variant.jobId))))),
  ]);
  const variants = rows.map(({ variant: { name, summary, evaluation, latency } }) => ({
    name,
    path: name,
    summary,
    evaluation,
    latency,
    paired: null,
  }));
  const page = drawReport({ title, variants, baselineIndex: 0, epochs });
  offerFile(fileNameOf(title, 'html'), new Blob([page], { type: 'text/html' }));
}

function epochsOf(points: readonly MetricPoint[]): readonly EpochScore[] | null {
  const epochs = points.filter((point) => point.kind === 'epoch');
  return epochs.length === 0 ? null : epochs;
}
