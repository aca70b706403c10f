// Whether the studio's window can open here: an Electron binary that is on disk already, and a display. Nothing is ever downloaded.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { inProject } from './project-root.ts';

export type Electron = { readonly kind: 'found'; readonly binary: string } | { readonly kind: 'none'; readonly why: string };

const binaries: Readonly<Record<string, string>> = { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' };

export function findElectron(environment: NodeJS.ProcessEnv = process.env): Electron {
  // Electron's own variable for a binary kept elsewhere. Loading Electron's package instead would download one.
  const folder = environment['ELECTRON_OVERRIDE_DIST_PATH'] ?? inProject('node_modules/electron/dist');
  const binary = join(folder, binaries[process.platform] ?? 'electron');
  if (!existsSync(binary)) return { kind: 'none', why: 'Electron’s binary is not installed (npx install-electron downloads it)' };
  const needsDisplay = process.platform !== 'darwin' && process.platform !== 'win32';
  if (needsDisplay && !environment['DISPLAY'] && !environment['WAYLAND_DISPLAY']) return { kind: 'none', why: 'there is no display' };
  return { kind: 'found', binary };
}
