// The costs that accuracy can be weighed against, each with its unit and its words.
import type { Latency } from '#contract/measurement.ts';
import type { NetworkSummary } from '#contract/network.ts';
import { bytes, compactCount } from '../../format/numbers.ts';
import { milliseconds } from '../../format/times.ts';
import type { Measure } from '../../charts/pareto-points.ts';

export type Costed = { readonly summary: NetworkSummary; readonly latency: Latency | null };
export type CostId = 'sparse' | 'raw' | 'gzip' | 'int8' | 'parameters' | 'nonzero' | 'macs' | 'latency' | 'activation';
export type Cost = Measure & {
  readonly id: CostId;
  /** How to say less and more of it: "smaller", "faster". */
  readonly less: string;
  readonly more: string;
  /** Null is unknown, never 0. */
  readonly of: (variant: Costed) => number | null;
};

const size = { tick: bytes, text: bytes, less: 'smaller', more: 'larger' };
const number = { tick: compactCount, text: compactCount, less: 'fewer', more: 'more' };

export const costs: readonly Cost[] = [
  { id: 'sparse', label: 'bytes, sparse', ...size, of: ({ summary }) => summary.bytes.sparse },
  { id: 'raw', label: 'bytes, raw float32', ...size, of: ({ summary }) => summary.bytes.raw },
  { id: 'gzip', label: 'bytes, gzip', ...size, of: ({ summary }) => summary.bytes.gzip },
  { id: 'int8', label: 'bytes, int8', ...size, of: ({ summary }) => summary.bytes.int8 },
  { id: 'parameters', label: 'parameters', ...number, of: ({ summary }) => summary.parameters },
  { id: 'nonzero', label: 'non-zero parameters', ...number, of: ({ summary }) => summary.nonzero },
  { id: 'macs', label: 'MACs a sample', ...number, of: ({ summary }) => summary.macs },
  {
    id: 'latency',
    label: 'latency p50',
    tick: milliseconds,
    text: milliseconds,
    less: 'faster',
    more: 'slower',
    of: ({ latency }) => latency?.p50 ?? null,
  },
  { id: 'activation', label: 'activation memory', ...size, of: ({ summary }) => summary.activationBytes },
];

export function costOf(id: CostId): Cost {
  return costs.find((cost) => cost.id === id) ?? costs[0]!;
}

/** "1.2 ms (tensorflow, 2 threads)": a latency without its runtime and threads means nothing. */
export function latencyText(latency: Latency | null): string {
  if (latency === null) return '—';
  return `${milliseconds(latency.p50)} (${latency.runtime}, ${latency.threads} ${latency.threads === 1 ? 'thread' : 'threads'})`;
}
