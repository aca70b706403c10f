// A studio in a fresh home whose far processes are the scripted ones.
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { events, type StudioEvents } from '#contract/events.ts';
import type { Job, JobState } from '#contract/nouns.ts';
import { procedures, type StudioProcedures } from '#contract/procedures.ts';
import { Recipe, TrainSettings } from '#contract/recipe.ts';
import { composeStudio, type Studio, type StudioOptions } from '#main/compose-studio.ts';
import { forkSpawner, type ProcessSpawner } from '#main/supervisor/spawn-process.ts';
import { memoryPair } from '#rpc/channel-memory.ts';
import { connect } from '#rpc/connect.ts';
import type { Client, Listen } from '#rpc/contract-types.ts';

/** Set before a job is ordered: the environment of the next far processes. */
export interface Manners {
  FAR_MANNERS?: string;
  FAR_STEPS?: string;
  FAR_STEP_MS?: string;
}

export function farSpawner(manners: Manners): ProcessSpawner {
  const fork = forkSpawner({ engine: join(import.meta.dirname, 'far-engine.ts'), importer: join(import.meta.dirname, 'far-importer.ts') });
  return (entry, options) => fork(entry, { ...options, env: { ...options.env, ...manners } });
}

export interface TestStudio {
  readonly studio: Studio;
  readonly client: Client<StudioProcedures>;
  readonly on: Listen<StudioEvents>;
  readonly manners: Manners;
  readonly home: string;
  /** Resolves when the job is in one of the states, as the events tell. */
  reached(jobId: string, ...states: readonly JobState[]): Promise<Job>;
  /** Closes it, and opens the same home again. */
  reopen(): Promise<TestStudio>;
}

export function freshHome(t: TestContext): string {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'espalier-test-')));
  t.after(() => rmSync(home, { recursive: true, force: true }));
  return home;
}

export async function openTestStudio(t: TestContext, options: Partial<StudioOptions> & { home?: string } = {}): Promise<TestStudio> {
  const manners: Manners = {};
  const home = options.home ?? freshHome(t);
  const studio = await composeStudio({ door: 'command', spawner: farSpawner(manners), threads: 2, ...options, home });
  t.after(() => studio.close(500));
  const [near, far] = memoryPair();
  studio.rpc.serve(far);
  const { client, on } = connect(procedures, events, near);
  return {
    studio,
    client,
    on,
    manners,
    home,
    reached(jobId, ...states) {
      return new Promise((resolve) => {
        const look = (job: Job): void => {
          if (job.id === jobId && states.includes(job.state)) {
            stop();
            resolve(job);
          }
        };
        const stop = on('jobChanged', ({ job }) => look(job));
        void client.jobs.get({ id: jobId }).then(look);
      });
    },
    async reopen() {
      await studio.close(500);
      return openTestStudio(t, { ...options, home });
    },
  };
}

/** A project with a dataset and an untrained model. */
export async function withNetwork(client: Client<StudioProcedures>): Promise<{ projectId: string; datasetId: string; variantId: string }> {
  const { id: projectId } = await client.projects.create({ name: 'Test' });
  const { id: datasetId } = await client.datasets.import({ projectId, source: 'mnist' });
  const { variant } = await client.models.addStarter({ projectId, starter: 'lenet-300-100' });
  return { projectId, datasetId, variantId: variant.id };
}

export const settings = TrainSettings.parse({});
export const recipe = Recipe.parse({});
