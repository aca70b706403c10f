// The canonical container: what goes in comes out, the same bytes each time, and no damage goes unseen.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { StudioError } from '#contract/errors.ts';
import { diskError } from '#main/files/disk-error.ts';
import { writeFileDurably } from '#main/files/durable-write.ts';
import { openTensorFile } from '#formats/tensor-file/open-tensor-file.ts';
import { readTensorFile } from '#formats/tensor-file/read-tensor-file.ts';
import { writeTensorFile } from '#formats/tensor-file/write-tensor-file.ts';
import type { NamedTensor } from '#network/model-artifact.ts';

const folder = mkdtempSync(join(tmpdir(), 'tensor-file-'));
const path = join(folder, 'a.espalier');
const tensors: NamedTensor[] = [
  { name: 'a/kernel', dtype: 'float32', shape: [2, 3], data: new Float32Array([1, -2, 3.5, NaN, Infinity, 0]) },
  { name: 'b', dtype: 'int32', shape: [], data: new Int32Array([-7]) },
  { name: 'c', dtype: 'uint8', shape: [3, 1], data: new Uint8Array([0, 128, 255]) },
  { name: 'empty', dtype: 'float32', shape: [0, 4], data: new Float32Array(0) },
];

test('content and tensors come back equal, and the sha256 is that of the file', () => {
  const staged = writeTensorFile(path, { kind: 'checkpoint', content: { step: 3, names: ['é', '日'] }, tensors });
  assert.deepEqual(readTensorFile(path), { kind: 'checkpoint', content: { names: ['é', '日'], step: 3 }, tensors });
  assert.equal(staged.sha256, createHash('sha256').update(readFileSync(path)).digest('hex'));
  assert.equal(staged.bytes, statSync(path).size);
});

test('every tensor begins at a multiple of 64, and key order does not change the bytes', () => {
  const first = writeTensorFile(path, { kind: 'model', content: { x: 1, y: { b: 2, a: 3 } }, tensors });
  const second = writeTensorFile(path, { kind: 'model', content: { y: { a: 3, b: 2 }, x: 1 }, tensors });
  assert.equal(first.sha256, second.sha256);
  const file = openTensorFile(path);
  assert.deepEqual(
    file.entries.map(({ offset }) => offset % 64),
    [0, 0, 0, 0],
  );
  file.close();
});

test('rows 1 to 2 of a tensor are read without the rest', () => {
  const file = openTensorFile(path);
  assert.deepEqual(file.readRows('c', 1, 3), { name: 'c', dtype: 'uint8', shape: [2, 1], data: new Uint8Array([128, 255]) });
  file.close();
});

test('cut short at any byte, or with any byte changed, it is refused', () => {
  writeTensorFile(path, { kind: 'model', content: { n: 1 }, tensors: tensors.slice(0, 2) });
  const bytes = readFileSync(path);
  const broken = join(folder, 'broken.espalier');
  for (let at = 0; at < bytes.length; at++) {
    writeFileSync(broken, bytes.subarray(0, at));
    assert.throws(() => readTensorFile(broken), { code: 'damaged-file' }, `cut at ${at}`);
    const changed = Buffer.from(bytes);
    changed[at] = changed[at]! ^ 0x40;
    writeFileSync(broken, changed);
    assert.throws(
      () => readTensorFile(broken),
      (error) => error instanceof StudioError && ['damaged-file', 'unsupported'].includes(error.code),
      `changed at ${at}`,
    );
  }
});

test('any numbers of any shape survive', () => {
  fc.assert(
    fc.property(fc.array(fc.float32Array({ maxLength: 50 }), { maxLength: 6 }), fc.jsonValue(), (arrays, content) => {
      const given = arrays.map((data, index): NamedTensor => ({ name: `t${index}`, dtype: 'float32', shape: [data.length], data }));
      writeTensorFile(path, { kind: 'dataset', content, tensors: given });
      const read = readTensorFile(path);
      assert.deepEqual(read.tensors, given);
      assert.deepEqual(read.content, JSON.parse(JSON.stringify(content)));
    }),
    { numRuns: 60, seed: 4 },
  );
});

test('a tensor that contradicts its shape, or a name used twice, is not written', () => {
  assert.throws(() => writeTensorFile(path, { kind: 'model', content: {}, tensors: [{ ...tensors[0]!, shape: [7] }] }), {
    code: 'bad-input',
  });
  assert.throws(() => writeTensorFile(path, { kind: 'model', content: {}, tensors: [tensors[0]!, tensors[0]!] }), { code: 'bad-input' });
});

test('a write that fails leaves neither a part nor a changed target', () => {
  const target = join(folder, 'taken');
  mkdirSync(join(target, 'full'), { recursive: true });
  assert.throws(() => writeFileDurably(target, [new Uint8Array(9)]), { code: 'disk-error', where: target });
  assert.throws(() => writeFileDurably(join(folder, 'no', 'such', 'folder'), [new Uint8Array(9)]), {
    code: 'disk-error',
    message: /folder does not exist/,
  });
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.endsWith('.part')),
    [],
  );
});

test('a full disk is told with the path, the bytes needed and the bytes free', () => {
  const error = diskError(Object.assign(new Error('x'), { code: 'ENOSPC' }), join(folder, 'big.keras'), 1234567);
  assert.equal(error.code, 'disk-full');
  assert.match(error.message, /needs 1234567 bytes, \d+ are free/);
  assert.equal(error.where, join(folder, 'big.keras'));
});
