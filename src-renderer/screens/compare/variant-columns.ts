// The columns of the comparison: what each shows, sorts by, and says in full.
import type { Certificate, Evaluation } from '#contract/measurement.ts';
import type { Column } from '../../controls/table-columns.ts';
import { points, times } from '../../format/comparisons.ts';
import { bytes, bytesInFull, compactCount, count, percent, significant } from '../../format/numbers.ts';
import type { ScoreKind } from '../../format/scores.ts';
import { differenceText } from './accuracy-difference.ts';
import { latencyText, type Cost } from './costs.ts';
import type { VariantRow } from './variant-rows.ts';

type Encoding = 'raw' | 'gzip' | 'int8' | 'sparse';

/** Of networks that answer with a class. */
const sharesOfRight: readonly Column<VariantRow>[] = [
  {
    id: 'accuracy',
    label: 'Accuracy',
    align: 'right',
    text: ({ variant }) => percent(variant.evaluation?.accuracy),
    value: ({ variant }) => variant.evaluation?.accuracy ?? null,
    title: ({ variant }) => (variant.evaluation === null ? 'not evaluated' : `on ${count(variant.evaluation.samples)} test samples`),
  },
  {
    id: 'difference',
    label: 'Δ ± SE, unpaired',
    align: 'right',
    text: ({ difference }) => differenceText(difference),
    value: ({ difference }) => difference?.change ?? null,
    title: ({ difference }) =>
      difference === null
        ? undefined
        : 'Standard error of the difference, unpaired (binomial). Distinguishable from 1.96 of it on; the paired test on a variant’s Overview may tell apart what this does not.',
  },
  {
    id: 'pruned',
    label: 'Before fine-tuning',
    align: 'right',
    text: ({ variant }) => percent(variant.prunedScore?.accuracy),
    value: ({ variant }) => variant.prunedScore?.accuracy ?? null,
    title: () => 'Accuracy right after pruning, before any fine-tuning',
  },
  {
    id: 'gap',
    label: 'Gap',
    align: 'right',
    text: ({ variant }) => points(variant.evaluation?.gap, variant.evaluation === null ? null : 0),
    value: ({ variant }) => variant.evaluation?.gap ?? null,
    title: () => 'Train accuracy − test accuracy: what was learned by heart',
  },
];

/** Of networks that answer with numbers. */
const errorsOfNumbers: readonly Column<VariantRow>[] = [
  errorColumn('r2', 'R²', ({ regression }) => regression?.test.r2, 4),
  errorColumn('rmse', 'RMSE', ({ regression }) => regression?.test.rmse),
  errorColumn('mae', 'MAE', ({ regression }) => regression?.test.mae),
  {
    id: 'pruned',
    label: 'RMSE before fine-tuning',
    align: 'right',
    text: ({ variant }) => significant(variant.prunedScore?.regression?.rmse),
    value: ({ variant }) => variant.prunedScore?.regression?.rmse ?? null,
    title: () => 'Right after pruning, before any fine-tuning',
  },
];

/** The ratio column follows the cost that is chosen for the chart. */
export function variantColumns(cost: Cost, kind: ScoreKind): Column<VariantRow>[] {
  return [
    { id: 'name', label: 'Name', text: ({ variant }) => variant.name, title: ({ variant }) => variant.name, flexible: true },
    { id: 'kind', label: 'Kind', text: ({ variant, isBaseline }) => (isBaseline ? 'baseline' : variant.kind) },
    ...(kind === 'accuracy' ? sharesOfRight : errorsOfNumbers),
    amount('parameters', 'Parameters', (row) => row.variant.summary.parameters),
    amount('nonzero', 'Non-zero', (row) => row.variant.summary.nonzero),
    amount('macs', 'MACs', (row) => row.variant.summary.macs),
    ...(['raw', 'gzip', 'int8', 'sparse'] as const).map(encoded),
    {
      id: 'ratio',
      label: `${cost.label.replace(/^./, (first) => first.toUpperCase())} vs baseline`,
      align: 'right',
      text: (row) =>
        row.isBaseline || row.baseline === null ? '—' : times(cost.of(row.variant), cost.of(row.baseline), cost.less, cost.more),
      value: (row) => {
        const [own, base] = [cost.of(row.variant), row.baseline === null ? null : cost.of(row.baseline)];
        return own === null || base === null || own <= 0 ? null : base / own;
      },
    },
    {
      id: 'latency',
      label: 'Latency p50',
      align: 'right',
      text: ({ variant }) => latencyText(variant.latency),
      value: ({ variant }) => variant.latency?.p50 ?? null,
      title: ({ variant: { latency } }) =>
        latency === null
          ? undefined
          : `p95 ${latency.p95} ms, ${latency.runs} runs, batch ${latency.batch}, ${latency.runtime} ${latency.runtimeVersion} on ${latency.host}`,
    },
    {
      id: 'certificate',
      label: 'Certificate',
      text: ({ variant }) => certificateText(variant.certificate),
      title: ({ variant }) => certificateTitle(variant.certificate),
    },
  ];
}

export function certificateText(certificate: Certificate | null): string {
  if (certificate === null) return '—';
  return `${certificate.verdict === 'equal' ? '✓ equal' : '✗ different'}, ${certificate.maxDifference === 0 ? '0' : certificate.maxDifference.toExponential(1)}`;
}

function certificateTitle(certificate: Certificate | null): string | undefined {
  if (certificate === null) return undefined;
  const where = certificate.firstDivergingLayer === null ? '' : `; first diverging layer ${certificate.firstDivergingLayer}`;
  return `Largest difference ${certificate.maxDifference} on ${count(certificate.samples)} ${certificate.inputs} samples, allowed ${certificate.tolerance}${where}`;
}

function errorColumn(
  id: string,
  label: string,
  of: (evaluation: Evaluation) => number | null | undefined,
  decimals?: number,
): Column<VariantRow> {
  const value = ({ variant }: VariantRow): number | null => (variant.evaluation === null ? null : (of(variant.evaluation) ?? null));
  return {
    id,
    label,
    align: 'right',
    text: (row) => (decimals === undefined ? significant(value(row)) : (value(row)?.toFixed(decimals) ?? '—')),
    value,
    title: ({ variant }) => (variant.evaluation === null ? 'not evaluated' : `on ${count(variant.evaluation.samples)} test samples`),
  };
}

function amount(id: string, label: string, of: (row: VariantRow) => number): Column<VariantRow> {
  return { id, label, align: 'right', text: (row) => compactCount(of(row)), value: of, title: (row) => count(of(row)) };
}

function encoded(encoding: Encoding): Column<VariantRow> {
  const of = (row: VariantRow): number => row.variant.summary.bytes[encoding];
  return {
    id: encoding,
    label: encoding === 'raw' ? 'Raw' : encoding === 'gzip' ? 'Gzip' : encoding === 'int8' ? 'Int8' : 'Sparse',
    align: 'right',
    text: (row) => bytes(of(row)),
    value: of,
    title: (row) => bytesInFull(of(row)),
  };
}
