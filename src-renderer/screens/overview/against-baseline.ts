// A variant's numbers beside the baseline's, and its latency in each runtime.
import { Runtime, type Variant } from '#contract/nouns.ts';
import { times } from '../../format/comparisons.ts';
import { runtimeNames } from '../../format/times.ts';

/** "11.8× smaller"; undefined where there is nothing to compare with. */
export function against(value: number, other: number | undefined, less?: string, more?: string): string | undefined {
  return other === undefined ? undefined : times(value, other, less, more);
}

/** One line a runtime, measured in it or not. */
export function latenciesOf({ latencies }: Pick<Variant, 'latencies'>) {
  return Runtime.options.map((runtime) => ({
    runtime,
    name: runtimeNames[runtime],
    latency: latencies.find((one) => one.runtime === runtime),
  }));
}
