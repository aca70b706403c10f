// A studio that died left jobs marked as running or queued. None of them is: each becomes resumable, its workspace as it was.
import { StudioError } from '#contract/errors.ts';
import { endOrphan } from '#main/supervisor/engine-lease.ts';
import type { Jobs } from './jobs.ts';
import { workspaceOf } from './run-job.ts';
import type { StudioParts } from './studio-parts.ts';

/**
 * Queued jobs are set aside too and not started again by themselves: opening a home, perhaps only to list
 * its jobs, must not set a machine to hours of work that nobody asked for today.
 */
export function recoverInterruptedJobs(parts: StudioParts, jobs: Jobs): void {
  for (const job of parts.store.jobs.inStates(['running', 'queued'])) {
    const orphan = endOrphan(workspaceOf(parts, job.id));
    if (orphan) parts.log(`ended the engine that ${job.id} had left running`);
    const went = job.state === 'queued' ? 'before this job had its turn' : 'while this job was running';
    const goesOn = job.checkpointStep === null ? 'it starts from the beginning' : `it goes on after step ${job.checkpointStep}`;
    const problem = new StudioError('engine-died', `Espalier ended ${went}.`, { whatToDo: `Resume it: ${goesOn}.` }).toProblem();
    jobs.enter(job.id, 'resumable', { problem });
  }
}
