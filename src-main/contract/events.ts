// Everything the studio tells its listeners, unasked. `seq` rises by one with each event of a session.
import { z } from 'zod';
import { Dataset, Id, Job, MetricPoint, Model, Progress, Project, Variant } from './nouns.ts';
import { StudioFacts } from './procedures.ts';

const seq = z.int();

export const events = {
  projectChanged: z.object({ seq, project: Project }),
  projectRemoved: z.object({ seq, id: Id }),
  modelAdded: z.object({ seq, model: Model }),
  datasetAdded: z.object({ seq, dataset: Dataset }),
  /** How far an import is; `source` as the import was asked for. Not told for those that are over at once. */
  importProgress: z.object({ seq, projectId: Id, source: z.string(), share: z.number() }),
  variantChanged: z.object({ seq, variant: Variant }),
  variantRemoved: z.object({ seq, id: Id, projectId: Id }),
  jobChanged: z.object({ seq, job: Job }),
  /** `afterStep`: points beyond this step that were sent before are void (the job went back to a checkpoint). */
  jobProgress: z.object({
    seq,
    jobId: Id,
    projectId: Id,
    progress: Progress.nullable(),
    points: z.array(MetricPoint),
    afterStep: z.int().nullable(),
  }),
  factsChanged: z.object({ seq, facts: StudioFacts }),
};
export type StudioEvents = typeof events;
