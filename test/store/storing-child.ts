// A process that stores artifact and row again and again and says each one's id only when it is on disk; it is there to be killed.
import { createHash, randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { openStore } from '#main/store/open-store.ts';
import { model, project, variant } from '../studio/example-nouns.ts';

const [home = '', wanted = '1000000'] = process.argv.slice(2);
const store = await openStore(home);
if (store.projects.find(project.id) === undefined) {
  store.transact(() => {
    store.projects.insert(project);
    store.models.insert(model);
  });
}
writeSync(1, 'open\n');
const staging = join(home, 'staging');
mkdirSync(staging, { recursive: true });
for (let number = 0; number < Number(wanted); number += 1) {
  const bytes = randomBytes(20_000);
  const artifact = createHash('sha256').update(bytes).digest('hex');
  const path = join(staging, `${number}`);
  const file = openSync(path, 'wx');
  writeSync(file, bytes);
  fsyncSync(file);
  closeSync(file);
  store.artifacts.adopt({ path, sha256: artifact, bytes: bytes.length });
  const made = { ...variant, id: `variant-${artifact.slice(0, 16)}`, artifact, artifactBytes: bytes.length };
  store.manifests.write({ kind: 'variant', format: 1, project, model, variant: made });
  store.transact(() => store.variants.insert(made));
  writeSync(1, `${made.id}\n`);
}
store.close();
