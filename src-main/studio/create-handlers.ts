// All the studio's answers in one table, and the way to stop it in order.
import type { procedures } from '#contract/procedures.ts';
import type { Handlers } from '#rpc/contract-types.ts';
import { newId } from './ids.ts';
import { createJobQueue } from './job-queue.ts';
import { createJobs } from './jobs.ts';
import { liveStates } from './job-states.ts';
import { recoverInterruptedJobs } from './recover-interrupted-jobs.ts';
import { serveImports } from './serve-imports.ts';
import { serveJobs } from './serve-jobs.ts';
import { serveProjects } from './serve-projects.ts';
import { serveVariants } from './serve-variants.ts';
import type { StudioParts } from './studio-parts.ts';

export interface StudioRules {
  readonly handlers: Handlers<typeof procedures>;
  /** Running work is paused at a checkpoint, or left resumable after the grace time. */
  close(graceMs?: number): Promise<void>;
}

export function createStudioRules(parts: StudioParts): StudioRules {
  const { store, feed, facts, starters } = parts;
  const session = newId('session');
  const jobs = createJobs(parts);
  recoverInterruptedJobs(parts, jobs);
  const queue = createJobQueue(parts, jobs);
  const imports = serveImports(parts);
  return {
    handlers: {
      studio: {
        snapshot: () => ({
          seq: feed.seq,
          session,
          facts: facts.current,
          projects: store.projects.list(),
          liveJobs: store.jobs.inStates(liveStates),
          starters: [...starters],
        }),
      },
      projects: serveProjects(parts, imports),
      ...imports,
      variants: serveVariants(parts),
      jobs: serveJobs(parts, jobs, queue),
    },
    close: (graceMs = 10_000) => queue.close(graceMs),
  };
}
