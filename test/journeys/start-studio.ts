// The studio started as a user starts it, as a process of its own, with a fresh home and a Chromium at its URL.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { launchChromium, type LaunchedChromium } from '../browser/launch-chromium.ts';

export interface RunningStudio {
  readonly page: Page;
  readonly chromium: LaunchedChromium;
  readonly home: string;
  stop(): Promise<void>;
}

export async function startStudio(): Promise<RunningStudio> {
  const root = resolve(import.meta.dirname, '../..');
  const home = mkdtempSync(join(tmpdir(), 'espalier-journey-'));
  const studio = spawn(process.execPath, ['src-main/start-headless.ts', '--no-open', '--home', home], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise<string>((found, lost) => {
    studio.stdout.setEncoding('utf8').on('data', (text: string) => {
      const match = /http:\/\/127\.0\.0\.1:\d+\/#token=\w+/.exec(text);
      if (match) found(match[0]);
    });
    studio.once('exit', (code) => lost(new Error(`The studio ended with ${code}`)));
  });
  const chromium = await launchChromium();
  const page = await chromium.open(url, { width: 1280, height: 800, scheme: 'dark' });
  return {
    page,
    chromium,
    home,
    async stop() {
      await chromium.close();
      const gone = new Promise((done) => studio.once('exit', done));
      studio.kill('SIGTERM');
      await gone;
      rmSync(home, { recursive: true, force: true });
    },
  };
}
