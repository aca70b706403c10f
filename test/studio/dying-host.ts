// A studio in a process of its own that starts a long job, says the job's id and the engine's pid, and is there to be killed.
import { readFileSync, existsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { openStudio } from '#main/compose-studio.ts';
import { farSpawner, settings, withNetwork } from './open-test-studio.ts';

const [home = '', manners = ''] = process.argv.slice(2);
const { client, on } = await openStudio({
  home,
  door: 'command',
  spawner: farSpawner({ FAR_STEPS: '100000', FAR_STEP_MS: '5', FAR_MANNERS: manners }),
  threads: 1,
});
const { variantId, datasetId } = await withNetwork(client);
const { id } = await client.jobs.train({ variantId, datasetId, settings });
const stop = on('jobProgress', ({ progress }) => {
  const lease = join(home, 'jobs', id, 'engine.json');
  if ((progress?.step ?? 0) < 15 || !existsSync(lease)) return;
  stop();
  writeSync(1, `${JSON.stringify({ id, engine: JSON.parse(readFileSync(lease, 'utf8')).pid })}\n`);
});
