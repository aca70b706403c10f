// Where set-up keeps what it has built, so that a second clone needs no second build.
import { homedir, platform } from 'node:os';
import { join } from 'node:path';

/** The platform's cache folder for Espalier. What is in it can be deleted at any time and is built again. */
export function cacheFolder(): string {
  const base =
    process.env['XDG_CACHE_HOME'] ??
    (platform() === 'darwin'
      ? join(homedir(), 'Library', 'Caches')
      : platform() === 'win32'
        ? (process.env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'))
        : join(homedir(), '.cache'));
  return join(base, 'espalier');
}
