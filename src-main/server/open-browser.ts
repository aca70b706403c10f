// Opens the studio in the default browser, without its token ever standing in a command line that other users could list.
import { spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface OpenedBrowser {
  /** Removes the page that led there. */ forget(): void;
}

/**
 * Writes a page that only its owner can read (0600), which leads to `url`, and asks the system to open it. Never fails: where there is
 * no browser, the printed address is the way.
 */
export function openBrowser(url: string, folder: string, environment: NodeJS.ProcessEnv = process.env): OpenedBrowser {
  const page = join(folder, 'open-studio.html');
  const forget = () => rmSync(page, { force: true });
  const opener = openerOf(process.platform, environment);
  if (opener === undefined) return { forget: () => undefined };
  try {
    forget();
    writeFileSync(page, `<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0; url=${url}"><title>Espalier</title>`, {
      mode: 0o600,
      flag: 'wx',
    });
    const child = spawn(opener[0], [...opener.slice(1), page], { stdio: 'ignore', detached: true, env: environment });
    child.on('error', () => undefined);
    child.unref();
  } catch {
    return { forget };
  }
  return { forget };
}

/** Undefined on a system without a display. */
function openerOf(platform: NodeJS.Platform, environment: NodeJS.ProcessEnv): readonly [string, ...string[]] | undefined {
  if (platform === 'darwin') return ['open'];
  if (platform === 'win32') return ['cmd', '/c', 'start', ''];
  return environment['DISPLAY'] || environment['WAYLAND_DISPLAY'] ? ['xdg-open'] : undefined;
}
