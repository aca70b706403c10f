// Every hostile file is refused with the right code, in words that name the member, and leaves nothing behind; the counts are recorded.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { StudioError } from '#contract/errors.ts';
import type { ImporterTask } from '#contract/importer-messages.ts';
import { runImporterTask } from '#main/importer/run-importer-task.ts';
import { record } from '../fuzz/record.ts';
import { hostileFiles, lieThere } from './every-file.ts';

const root = mkdtempSync(join(tmpdir(), 'hostile-'));
after(() => rmSync(root, { recursive: true, force: true }));
let tasks: readonly ImporterTask[];
before(async () => {
  tasks = await lieThere(root);
});

const parts = ['file', 'format', 'member', 'offset'] as const;
/** Refusals that say each part of their place to programs. */
const told = { file: 0, format: 0, member: 0, offset: 0 };
const outcomes: Record<string, string> = {};
after(() => record('hostile', 'files', { files: hostileFiles.length, refused: Object.keys(outcomes).length, told, outcomes }));

test('there are at least 80 of them, and no two of one name', () => {
  assert.ok(hostileFiles.length >= 80);
  assert.equal(new Set(hostileFiles.map(({ what }) => what)).size, hostileFiles.length);
});

for (const [at, { what, code, words }] of hostileFiles.entries()) {
  test(`refused: ${what} (${code})`, async () => {
    const error = await runImporterTask(tasks[at]!).then(
      () => {
        for (const name of readdirSync(join(root, 'staging'))) rmSync(join(root, 'staging', name));
        assert.fail('it was read');
      },
      (thrown: unknown): unknown => thrown,
    );
    assert.ok(error instanceof StudioError, String(error));
    const said = `${error.where}: ${error.message}`;
    assert.equal(error.code, code, said);
    assert.match(said, words);
    assert.doesNotMatch(said, /undefined|is not a function|Cannot read|NaN|RangeError/);
    assert.ok((error.whatToDo ?? '').length > 0, 'it should say what to do');
    assert.equal((error.where ?? '').includes(' › '), error.source?.member !== undefined, 'programs are told the member too');
    for (const part of parts) if (error.source?.[part] !== undefined) told[part]++;
    assert.deepEqual(readdirSync(join(root, 'staging')), [], 'nothing is left in the staging folder');
    outcomes[what] = `${error.code}: ${said.replaceAll(`${root}/`, '').replace(/^\d+\//, '')}`;
  });
}

test('every refusal names its file; nine of ten the format and six of seven the member', () => {
  const all = Object.keys(outcomes).length;
  assert.equal(told.file, all);
  assert.ok(told.format >= 0.9 * all, `${told.format} of ${all} name the format`);
  assert.ok(told.member >= 0.85 * all, `${told.member} of ${all} name the member`);
});
