// The verdict before a run: what a recipe would bring in bytes, and in latency by a few seconds' probe in each runtime.
import { z } from 'zod';
import { Runtime } from './nouns.ts';
import { Plan } from './procedures.ts';

export const ProbedRuntime = z.object({
  runtime: Runtime,
  version: z.string(),
  threads: z.int(),
  host: z.string(),
  batch: z.int(),
  /** Pairs of runs, the network as it is and as it would be in turns. */
  pairs: z.int(),
  /** Medians in milliseconds. */
  before: z.number(),
  after: z.number(),
  /** How many times faster: the median over the pairs, and its 95 % interval. Below 1 it is slower. */
  speedup: z.object({ median: z.number(), low: z.number(), high: z.number() }),
  verdict: z.enum(['faster', 'slower', 'no difference']),
  /** The finding and its reason, in one sentence. */
  words: z.string(),
});
export type ProbedRuntime = z.infer<typeof ProbedRuntime>;

export const Probe = z.object({
  plan: Plan,
  runtimes: z.array(ProbedRuntime),
  /** Runtimes in which it could not be tried, and why. */
  untried: z.array(z.object({ runtime: Runtime, why: z.string() })),
  seconds: z.number(),
});
export type Probe = z.infer<typeof Probe>;
