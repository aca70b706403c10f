// The window in a real Electron: first run, the sample project, and the studio's lockdown as Electron itself reports it. Skipped where there is no binary.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { _electron } from 'playwright-core';
import { findElectron } from '#main/setup/find-electron.ts';
import { prepare } from '#main/setup/prepare.ts';

test('the window opens in Electron, sandboxed, and makes the sample project', async (context) => {
  const found = findElectron();
  if (found.kind === 'none') return context.skip(`no window here: ${found.why}`);
  await prepare(['tensorflow', 'page', 'window']);
  const folder = mkdtempSync(join(tmpdir(), 'espalier-electron-'));
  const app = await _electron.launch({
    executablePath: found.binary,
    args: [resolve(import.meta.dirname, '../../dist/main/start-desktop.js'), `--user-data-dir=${join(folder, 'user')}`],
    env: { ...process.env, ESPALIER_HOME: join(folder, 'home') } as Record<string, string>,
  });
  try {
    const page = await app.firstWindow();
    await page.getByRole('button', { name: 'Create sample project' }).first().click();
    await page.getByRole('tree').getByText('lenet-300-100').waitFor({ timeout: 60_000 });
    assert.equal(new URL(page.url()).origin, 'app://studio');
    assert.equal(await page.evaluate(() => 'require' in globalThis || 'process' in globalThis), false);
    const windows = await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);
    assert.equal(windows, 1);
  } finally {
    await app.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
