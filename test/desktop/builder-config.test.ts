// electron-builder.yml against electron-builder's own schema, offline; and a planted mistake that the schema must catch.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { test } from 'node:test';

const require = createRequire(import.meta.url);
const root = resolve(import.meta.dirname, '../..');
const { getConfig, validateConfiguration } = require('app-builder-lib/out/util/config/config.js') as {
  getConfig(folder: string, file: string | null, more: unknown): Promise<Record<string, unknown>>;
  validateConfiguration(config: unknown, log: unknown): Promise<void>;
};
const { DebugLogger } = require('builder-util') as { DebugLogger: new (enabled: boolean) => unknown };

test('electron-builder.yml is valid and complete for AppImage, deb, dmg and NSIS', async () => {
  const config = await getConfig(root, 'electron-builder.yml', null);
  await validateConfiguration(config, new DebugLogger(false));
  assert.deepEqual((config['linux'] as { target: string[] }).target, ['AppImage', 'deb']);
  assert.equal((config['mac'] as { target: { target: string }[] }).target[0]!.target, 'dmg');
  assert.equal((config['win'] as { target: { target: string }[] }).target[0]!.target, 'nsis');
});

test('an unknown key is refused by the schema', async () => {
  const config = { ...(await getConfig(root, 'electron-builder.yml', null)), filez: [] };
  await assert.rejects(validateConfiguration(config, new DebugLogger(false)), /filez/);
});
