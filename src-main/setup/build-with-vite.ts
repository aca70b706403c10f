// Builds the page, the report's renderer and the window's main process, each only when its sources have changed.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { inProject } from './project-root.ts';
import { runTool } from './run-tool.ts';
import { isUpToDate, sourceHash, stampAs } from './source-hash.ts';

const shared = [
  'src-main/contract',
  'src-main/criteria',
  'src-main/rpc',
  'resources/devices',
  'resources/recipes',
  'package-lock.json',
  'package.json',
];
const pageSources = ['src-renderer', ...shared];
const desktopSources = ['src-main', 'package-lock.json', 'package.json'];
const vite = join('node_modules', 'vite', 'bin', 'vite.js');
const config = join('src-renderer', 'vite.config.ts');
const reportEntry = join('src-renderer', 'report', 'render-report.ts');

export function pageIsBuilt(): boolean {
  return existsSync(inProject('dist/page/index.html')) && isUpToDate('dist/page.sha256', sourceHash(pageSources));
}

/** dist/page, and dist/report. @throws StudioError with Vite's own words */
export async function buildPage(): Promise<void> {
  const hash = sourceHash(pageSources);
  await runTool('Building the page', process.execPath, [vite, 'build', '--config', config]);
  if (existsSync(inProject(reportEntry)))
    await runTool('Building the report', process.execPath, [vite, 'build', '--config', config, '--ssr', inProject(reportEntry)]);
  stampAs('dist/page.sha256', hash);
}

export function desktopIsBuilt(): boolean {
  return existsSync(inProject('dist/main/start-desktop.js')) && isUpToDate('dist/main.sha256', sourceHash(desktopSources));
}

/** dist/main, through the project's own `build:desktop`. */
export async function buildDesktop(): Promise<void> {
  const hash = sourceHash(desktopSources);
  const npm = process.platform === 'win32' ? ['cmd', '/c', 'npm'] : ['npm'];
  await runTool('Building the window', npm[0]!, [...npm.slice(1), 'run', '--silent', 'build:desktop']);
  stampAs('dist/main.sha256', hash);
}
