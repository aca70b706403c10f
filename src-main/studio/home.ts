// Where projects live: --home, else ESPALIER_HOME, else the platform's application-data folder.
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

export function resolveHome(wish?: string, env: NodeJS.ProcessEnv = process.env, platform: NodeJS.Platform = process.platform): string {
  const chosen = wish || env['ESPALIER_HOME'];
  if (chosen) return resolve(chosen);
  switch (platform) {
    case 'win32':
      return join(env['APPDATA'] || join(homedir(), 'AppData', 'Roaming'), 'Espalier');
    case 'darwin':
      return join(homedir(), 'Library', 'Application Support', 'Espalier');
    default:
      return join(env['XDG_DATA_HOME'] || join(homedir(), '.local', 'share'), 'espalier');
  }
}
