// The browser that the tests drive: found where systems and Playwright put it, installed where that needs no question.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { StudioError } from '#contract/errors.ts';
import { runTool } from './run-tool.ts';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const fixedPlaces = [
  '/usr/bin/chromium',
  '/usr/lib/chromium/chromium',
  '/opt/google/chrome/chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
];
const inPlaywright = [
  'chrome-linux/chrome',
  'chrome-linux64/chrome',
  'chrome-mac/Chromium.app/Contents/MacOS/Chromium',
  'chrome-win/chrome.exe',
  'chrome-win64/chrome.exe',
];

/** The executable's path; `CHROME_PATH` comes first where it is set. */
export function findChromium(): string | undefined {
  const onPath = (process.env['PATH'] ?? '').split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
  return [process.env['CHROME_PATH'] ?? '', ...fixedPlaces, ...onPath, ...playwrightBrowsers()].find(
    (path) => path !== '' && existsSync(path),
  );
}

/** Newest first. */
function playwrightBrowsers(): string[] {
  const cache =
    process.env['PLAYWRIGHT_BROWSERS_PATH'] ??
    (process.platform === 'darwin'
      ? join(homedir(), 'Library/Caches/ms-playwright')
      : process.platform === 'win32'
        ? join(process.env['LOCALAPPDATA'] ?? homedir(), 'ms-playwright')
        : join(homedir(), '.cache/ms-playwright'));
  if (!existsSync(cache)) return [];
  const revision = (folder: string) => Number(folder.split('-').at(-1));
  const folders = readdirSync(cache)
    .filter((folder) => /^chromium-\d+$/.test(folder))
    .sort((a, b) => revision(b) - revision(a));
  return folders.flatMap((folder) => inPlaywright.map((inside) => join(cache, folder, inside)));
}

const whatToInstall =
  'Install Chromium or Google Chrome (on Debian: apt-get install chromium fonts-dejavu-core), or set CHROME_PATH to one.';

/** @throws StudioError `unsupported` where there is none and it can't be installed without asking for a password */
export async function ensureChromium(report: (line: string) => void): Promise<void> {
  if (findChromium() !== undefined) return;
  const asRoot = process.getuid?.() === 0 ? [] : succeeds('sudo', ['-n', 'true']) ? ['sudo', '-n'] : undefined;
  // Ubuntu's package of this name only points to a snap, which tests can't drive.
  const debian = existsSync('/etc/debian_version') && !existsSync('/etc/lsb-release');
  if (!debian || asRoot === undefined)
    throw new StudioError('unsupported', 'The tests that use the page need Chromium, and there is none.', { whatToDo: whatToInstall });
  report('Chromium: installing Debian’s package (80 MB, once)');
  const apt = (...args: string[]) =>
    runTool('Installing Chromium', [...asRoot, 'apt-get'][0]!, [...asRoot, 'apt-get', ...args].slice(1), whatToInstall);
  await apt('update', '-qq');
  await apt('install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-dejavu-core');
}

function succeeds(command: string, args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
