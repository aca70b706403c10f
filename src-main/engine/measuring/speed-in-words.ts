// What a probe found about speed, and why it is so, in one sentence.
import type { ProbedRuntime } from '#contract/probe.ts';
import type { Plan } from '#contract/procedures.ts';

/** Where the work shrinks by less than this share, no gain is to be expected from it. */
const LITTLE_WORK = 0.05;

export function speedInWords(
  verdict: ProbedRuntime['verdict'],
  { median, low, high }: ProbedRuntime['speedup'],
  { before, after }: Pick<Plan, 'before' | 'after'>,
): string {
  const figures = `${median.toFixed(2)}×, 95 % interval ${low.toFixed(2)}–${high.toFixed(2)}`;
  const less = before.macs === 0 ? 0 : 1 - after.macs / before.macs;
  const work = `${(100 * less).toFixed(0)} % fewer multiply-accumulates`;
  if (less < LITTLE_WORK) {
    return verdict === 'no difference'
      ? `No faster (${figures}): zeros bring no speed here, dense kernels multiply them as any number.`
      : `${verdict === 'faster' ? 'Faster' : 'Slower'} by ${figures}, though the work stays the same: numbers that are zero or lie otherwise in memory, not fewer of them.`;
  }
  if (verdict === 'faster') return `Faster by ${figures}: ${work}.`;
  if (verdict === 'slower')
    return `Slower (${figures}) despite ${work}: the new widths suit this runtime's kernels less; round channels to a multiple of 8.`;
  return `No faster (${figures}) despite ${work}: at one sample this network is so small that calling its layers takes longer than their arithmetic.`;
}
