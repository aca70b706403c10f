// How long one batch takes in TensorFlow on this machine: median, 95th percentile and mean, after a warm-up.
import type { Latency } from '#contract/measurement.ts';
import type { MeasureSettings } from '#contract/nouns.ts';
import { inputShapeOf } from '../data/fit-data.ts';
import { randomInputs } from '../data/random-inputs.ts';
import type { LoadedModel } from '../models/load-model.ts';
import { openForward } from '../training/compiled/compiled-forward.ts';
import type { WorkContext } from '../work-context.ts';

const WARM_UP = 10;

/** Answers are read back in each run: a result that nobody reads may not have been worked out. @throws Interrupted */
export async function measureLatency(
  { tf, environment, interruption }: WorkContext,
  loaded: LoadedModel,
  { batch, runs }: Pick<MeasureSettings, 'batch' | 'runs'>,
): Promise<Latency> {
  const input = randomInputs(tf, inputShapeOf(loaded.model), batch, 1);
  const forward = openForward(tf, loaded);
  const times = new Float64Array(runs);
  for (let run = -WARM_UP; run < runs; run++) {
    await interruption.breathe();
    const began = performance.now();
    tf.tidy(() => forward.run(input).dataSync());
    if (run >= 0) times[run] = performance.now() - began;
  }
  forward.dispose();
  input.dispose();
  const mean = times.reduce((sum, time) => sum + time, 0) / runs;
  times.sort();
  return {
    p50: percentile(times, 0.5),
    p95: percentile(times, 0.95),
    mean,
    runs,
    batch,
    threads: environment.threads,
    runtime: 'tensorflow',
    runtimeVersion: environment.tensorflow,
    host: environment.host,
  };
}

/** Nearest rank: of 100 sorted times the 95th. */
export function percentile(sorted: Float64Array, share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
}
