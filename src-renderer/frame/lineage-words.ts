// What a line of the family tree says of itself: its state, and its one number.
import type { Variant } from '#contract/nouns.ts';
import { meanInterval } from '#contract/repeats.ts';
import { percent, share } from '../format/numbers.ts';
import { kindOf, scoreInShort, scoreOf, scoreText } from '../format/scores.ts';
import { jobShare } from '../state/jobs.svelte.ts';
import type { LineageLine } from '../state/lineage.ts';

/** "pruned, baseline", "3 seeds", "running". */
export function stateOf(line: LineageLine, baselineId: string | undefined): string {
  if (line.kind === 'job') return line.job.state;
  if (line.kind === 'repeats') return `${line.variants.length} seeds`;
  return line.id === baselineId ? `${line.variant.kind}, baseline` : line.variant.kind;
}

/** A run's share done, rounded down; a variant's accuracy or R²; the mean of several seeds with half its interval. */
export function figureOf(line: LineageLine): string {
  if (line.kind === 'repeats') return meanScore(line.variants);
  if (line.kind === 'variant') return scoreInShort(line.variant.evaluation);
  const done = jobShare(line.job);
  return share(done === null ? null : Math.floor(done * 100) / 100);
}

/** One number for a narrow rail: of several seeds the mean alone. */
export function figureInShort(line: LineageLine): string {
  if (line.kind !== 'repeats') return figureOf(line);
  const { kind, score } = meanOf(line.variants);
  return scoreText(score?.mean ?? null, kind);
}

function meanOf(variants: readonly Variant[]) {
  const kind = kindOf(variants.map(({ evaluation }) => evaluation));
  return { kind, score: meanInterval(variants.flatMap(({ evaluation }) => scoreOf(evaluation, kind) ?? [])) };
}

/** "98.12 ± 0.05 %": half the 95 % interval of the mean. */
function meanScore(variants: readonly Variant[]): string {
  const { kind, score } = meanOf(variants);
  if (score === null || score.half === null) return scoreText(score?.mean ?? null, kind);
  return kind === 'accuracy'
    ? `${(score.mean * 100).toFixed(2)} ± ${percent(score.half)}`
    : `${scoreText(score.mean, kind)} ± ${scoreText(score.half, kind)}`;
}
