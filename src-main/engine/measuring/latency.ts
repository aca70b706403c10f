// How long one batch takes on this machine: median, 95th percentile and mean, after a warm-up.
import type { Latency } from '#contract/measurement.ts';
import type { MeasureSettings } from '#contract/nouns.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import type { WorkContext } from '../work-context.ts';
import { openRunner } from './runners.ts';

export const WARM_UP = 10;

/** @throws StudioError `unsupported` where the runtime can't run the network; Interrupted */
export async function measureLatency(
  context: WorkContext,
  artifact: ModelArtifact,
  { batch, runs, runtime }: Pick<MeasureSettings, 'batch' | 'runs' | 'runtime'>,
): Promise<Latency> {
  const { environment, interruption } = context;
  const runner = await openRunner(context, artifact, runtime, batch);
  const times = new Float64Array(runs);
  try {
    for (let run = -WARM_UP; run < runs; run++) {
      await interruption.breathe();
      const began = performance.now();
      // Awaiting what is no promise would add a turn of the event loop to the time.
      const pending = runner.run();
      if (pending !== undefined) await pending;
      if (run >= 0) times[run] = performance.now() - began;
    }
  } finally {
    await runner.dispose();
  }
  const mean = times.reduce((sum, time) => sum + time, 0) / runs;
  times.sort();
  return {
    p50: percentile(times, 0.5),
    p95: percentile(times, 0.95),
    mean,
    runs,
    batch,
    threads: environment.threads,
    runtime,
    runtimeVersion: runner.version,
    host: environment.host,
  };
}

/** Nearest rank: of 100 sorted times the 95th. */
export function percentile(sorted: Float64Array, share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
}
