// Espalier's own version, as its package names it.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

let known: string | undefined;

/** "0.1.0"; "unknown" where no package.json lies above. */
export function espalierVersion(): string {
  return (known ??= read());
}

function read(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    const path = join(folder, 'package.json');
    if (existsSync(path)) {
      const manifest: unknown = JSON.parse(readFileSync(path, 'utf8'));
      if (typeof manifest === 'object' && manifest !== null && 'version' in manifest) return String(manifest.version);
    }
    if (folder === dirname(folder)) return 'unknown';
  }
}
