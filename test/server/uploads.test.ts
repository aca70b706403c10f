// Uploads: each in a folder of its own, under cleaned names, within limits, and never half a file.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { test } from 'node:test';
import { plainFileName } from '#main/server/receive-uploads.ts';
import { raw, requestText, serveTiny, signedIn, type Served } from './served-studio.ts';

async function begin(served: Served) {
  const { own } = await signedIn(served);
  const answer = await raw(served.port, requestText({ method: 'POST', target: '/uploads', headers: own }));
  assert.equal(answer.status, 201);
  const { id, handle } = JSON.parse(answer.body) as { id: string; handle: string };
  const put = (number: number, name: string, body: string) =>
    raw(
      served.port,
      requestText({
        method: 'PUT',
        target: `/uploads/${id}/${number}`,
        headers: [...own, ['X-File-Name', encodeURIComponent(name)]],
        body,
      }),
    );
  return { own, id, handle, put, folder: join(served.folder, 'uploads', id) };
}

test('two files of one upload lie side by side, byte for byte, and each has a handle besides the folder’s', async (t) => {
  const served = await serveTiny(t);
  const { put, handle, folder } = await begin(served);
  const bytes = randomBytes(300_000).toString('hex');
  const answers = [await put(0, 'model.json', '{}'), await put(1, 'group1-shard1of1.bin', bytes)];
  assert.deepEqual(
    answers.map(({ status }) => status),
    [201, 201],
  );
  const handles = answers.map(({ body }) => (JSON.parse(body) as { handle: string }).handle);
  assert.deepEqual(
    [handle, ...handles].map((each) => served.handles.get(each)),
    [folder, join(folder, 'model.json'), join(folder, 'group1-shard1of1.bin')],
  );
  assert.equal(readFileSync(join(folder, 'group1-shard1of1.bin'), 'latin1'), bytes);
  assert.ok(
    answers.every(({ body }) => !body.includes(served.folder)),
    'no path is told',
  );
});

test('a name or number used twice is a conflict, an unknown upload is not found, and what was there stays', async (t) => {
  const served = await serveTiny(t);
  const { put, own, folder } = await begin(served);
  await put(0, 'a.keras', 'first');
  assert.equal((await put(1, 'A.KERAS', 'second')).status, 409, 'two names that one disk can’t tell apart');
  assert.equal((await put(0, 'b.keras', 'third')).status, 409);
  assert.equal(
    (await raw(served.port, requestText({ method: 'PUT', target: '/uploads/0000/0', headers: [...own, ['X-File-Name', 'a']], body: 'x' })))
      .status,
    404,
  );
  assert.deepEqual(readdirSync(folder), ['a.keras']);
  assert.equal(readFileSync(join(folder, 'a.keras'), 'utf8'), 'first');
});

test('names lose their folders and whatever is dangerous in them', () => {
  const cases = [
    ['../../etc/passwd', 'passwd'],
    ['C:\\models\\net.h5', 'net.h5'],
    ['.ssh', '_.ssh'],
    ['con.txt', '_con.txt'],
    ['LPT1', '_LPT1'],
    ['a\u0000b\nc', 'a_b_c'],
    ['Übung 3 (neu).keras', 'Übung 3 (neu).keras'],
    ['trailing. . ', 'trailing'],
    ['<img src=x>.h5', '_img src_x_.h5'],
    ['.part-0', '_.part-0'],
    [`${'x'.repeat(300)}.keras`, `${'x'.repeat(114)}.keras`],
  ] as const;
  for (const [given, expected] of cases) assert.equal(plainFileName(encodeURIComponent(given)), expected);
  for (const none of ['', '..', '/', '%zz', undefined, '   ']) assert.throws(() => plainFileName(none), { code: 'bad-input' });
});

test('a file over the limit, a 3rd upload, a 4th file and a body of unknown length are refused before they are read', async (t) => {
  const served = await serveTiny(t, { fileBytes: 1000, filesAnUpload: 3, uploads: 2 });
  const { put, own, id, folder } = await begin(served);
  assert.equal((await put(0, 'fits', 'x'.repeat(1000))).status, 201);
  assert.equal((await put(1, 'large', 'x'.repeat(1001))).status, 413);
  assert.equal((await put(3, 'fourth', 'x')).status, 413);
  const chunked = requestText({
    method: 'PUT',
    target: `/uploads/${id}/1`,
    headers: [...own, ['X-File-Name', 'a'], ['Transfer-Encoding', 'chunked']],
  });
  assert.equal((await raw(served.port, `${chunked}1\r\nx\r\n0\r\n\r\n`)).status, 400);
  assert.equal((await raw(served.port, requestText({ method: 'POST', target: '/uploads', headers: own }))).status, 201);
  assert.equal((await raw(served.port, requestText({ method: 'POST', target: '/uploads', headers: own }))).status, 413);
  assert.deepEqual(readdirSync(folder), ['fits']);
});

test('an upload that breaks off leaves no file, and the same name can be sent again', async (t) => {
  const served = await serveTiny(t);
  const { put, own, id, folder } = await begin(served);
  await new Promise<void>((resolve) => {
    const socket = connect(served.port, '127.0.0.1', () => {
      socket.write(
        requestText({
          method: 'PUT',
          target: `/uploads/${id}/0`,
          headers: [...own, ['X-File-Name', 'half.keras'], ['Content-Length', '1000']],
        }) + 'x'.repeat(500),
        () => resolve(),
      );
    });
    socket.on('error', () => undefined);
    const watch = async () => {
      while (!existsSync(join(folder, '.part-0'))) await pause(5);
      socket.destroy();
    };
    void watch();
  });
  while (!existsSync(join(folder, '.part-0'))) await pause(5);
  while (existsSync(join(folder, '.part-0'))) await pause(5);
  assert.deepEqual(readdirSync(folder), []);
  assert.equal((await put(0, 'half.keras', 'whole')).status, 201);
});
