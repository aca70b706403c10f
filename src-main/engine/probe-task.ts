// The task `probe`: the network as it is and as a recipe would leave it, timed in turns for a few seconds in each runtime.
import type { EngineResult, EngineTask } from '#contract/engine-messages.ts';
import { StudioError } from '#contract/errors.ts';
import { Runtime } from '#contract/nouns.ts';
import type { Probe, ProbedRuntime } from '#contract/probe.ts';
import { readModelFile } from '#formats/model-file.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { planPruning, plannedNetwork } from '#pruning/plan.ts';
import { medianInterval } from './measuring/median-interval.ts';
import { WARM_UP } from './measuring/latency.ts';
import { openRunner, type Runner } from './measuring/runners.ts';
import { speedInWords } from './measuring/speed-in-words.ts';
import { tellPhase, tellProgress, type WorkContext } from './work-context.ts';

type ProbeTask = Extract<EngineTask, { kind: 'probe' }>;

/** Per runtime: long enough for the interval to be narrow, short enough to wait for. */
const SECONDS = 2;
const MOST_PAIRS = 400;
const FEWEST_PAIRS = 12;

/** @throws StudioError as `planPruning` does; Interrupted */
export async function probe(context: WorkContext, { model, recipe }: ProbeTask): Promise<EngineResult> {
  const began = performance.now();
  tellPhase(context, 'loading');
  const whole = readModelFile(model);
  const plan = planPruning(whole, recipe);
  const pruned = plannedNetwork(whole, recipe);
  const runtimes: ProbedRuntime[] = [];
  const untried: Probe['untried'] = [];
  for (const [at, runtime] of Runtime.options.entries()) {
    const secondsLeft = SECONDS * (Runtime.options.length - at);
    tellProgress(context, {
      phase: `probing ${runtime}`,
      step: at,
      steps: Runtime.options.length,
      epoch: 0,
      epochs: 0,
      secondsLeft,
      imagesPerSecond: null,
    });
    try {
      runtimes.push(await compare(context, { whole, pruned, runtime }, plan));
    } catch (thrown) {
      if (!(thrown instanceof StudioError)) throw thrown;
      untried.push({ runtime, why: thrown.message });
    }
  }
  return { kind: 'probe', plan, runtimes, untried, seconds: (performance.now() - began) / 1000, environment: context.environment };
}

interface Pair {
  readonly whole: ModelArtifact;
  readonly pruned: ModelArtifact;
  readonly runtime: Runtime;
}

/** In turns, so that what else the machine does falls on both alike; the ratio is taken within each pair. */
async function compare(context: WorkContext, { whole, pruned, runtime }: Pair, plan: Probe['plan']): Promise<ProbedRuntime> {
  const { environment, interruption } = context;
  const one = await openRunner(context, whole, runtime, 1);
  const other = await openRunner(context, pruned, runtime, 1);
  const [before, after, ratios]: [number[], number[], number[]] = [[], [], []];
  try {
    for (let run = 0; run < WARM_UP; run++) for (const runner of [one, other]) await timed(runner);
    const until = performance.now() + SECONDS * 1000;
    while (ratios.length < MOST_PAIRS && (ratios.length < FEWEST_PAIRS || performance.now() < until)) {
      await interruption.breathe();
      // Who goes first changes from pair to pair: the second finds the caches the first has left.
      const swapped = ratios.length % 2 === 1;
      const [first, second] = swapped ? [await timed(other), await timed(one)] : [await timed(one), await timed(other)];
      const [own, its] = swapped ? [second, first] : [first, second];
      before.push(own);
      after.push(its);
      ratios.push(own / its);
    }
  } finally {
    await one.dispose();
    await other.dispose();
  }
  const speedup = medianInterval(ratios);
  const verdict = speedup.low > 1 ? 'faster' : speedup.high < 1 ? 'slower' : 'no difference';
  return {
    runtime,
    version: one.version,
    threads: environment.threads,
    host: environment.host,
    batch: 1,
    pairs: ratios.length,
    before: medianInterval(before).median,
    after: medianInterval(after).median,
    speedup,
    verdict,
    words: speedInWords(verdict, speedup, plan),
  };
}

async function timed(runner: Runner): Promise<number> {
  const began = performance.now();
  const pending = runner.run();
  if (pending !== undefined) await pending;
  return performance.now() - began;
}
