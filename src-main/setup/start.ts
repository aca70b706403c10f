// `npm start`: sets up what is missing, then opens the studio's window, or serves the same studio to the browser.
import { spawn } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { describeProblem, StudioError } from '#contract/errors.ts';
import { findElectron } from './find-electron.ts';
import { prepare } from './prepare.ts';
import { inProject } from './project-root.ts';

try {
  const electron = process.argv.includes('--browser') ? undefined : findElectron();
  await prepare(electron?.kind === 'found' ? ['tensorflow', 'page', 'window'] : ['tensorflow', 'page']);
  if (electron?.kind === 'found') openWindow(electron.binary);
  else {
    if (electron !== undefined)
      process.stderr.write(`No window here, because ${electron.why}; serving the studio to the browser instead.\n`);
    // By its address, at run time: set-up itself must run before any part of the studio can be loaded.
    await import(pathToFileURL(inProject('src-main/start-headless.ts')).href);
  }
} catch (thrown) {
  process.stderr.write(`${describeProblem(StudioError.from(thrown).toProblem())}\n`);
  process.exit(1);
}

function openWindow(binary: string): void {
  // Chromium's sandbox can't run as root; everyone else keeps it.
  const asRoot = process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const child = spawn(binary, [...asRoot, inProject('dist/main/start-desktop.js'), ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`The window doesn’t open: ${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', (code) => process.exit(code ?? 1));
}
