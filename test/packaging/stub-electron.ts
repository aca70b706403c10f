// A folder that looks to electron-builder like Electron for Linux: enough to pack and to flip fuses, nothing that runs.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FUSE_SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';

export function makeStubElectron(folder: string, version: string): string {
  for (const part of ['locales', 'resources']) mkdirSync(join(folder, part), { recursive: true });
  // The wire: its version, its length, then a character a fuse.
  writeFileSync(
    join(folder, 'electron'),
    Buffer.concat([Buffer.from(`stub ${FUSE_SENTINEL}`), Buffer.from([1, 9]), Buffer.from('101000011')]),
    { mode: 0o755 },
  );
  for (const file of ['LICENSE', 'LICENSES.chromium.html', 'chrome-sandbox', 'locales/en-US.pak'])
    writeFileSync(join(folder, file), 'stub');
  writeFileSync(join(folder, 'version'), version);
  return folder;
}
