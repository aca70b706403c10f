// Weights in a file beside the .onnx file: read where that can be nothing else, refused where it could be any file.
import assert from 'node:assert/strict';
import { linkSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { TensorProto_DataLocation as Location, TensorProto_DataType as Type } from '#formats/onnx/generated/onnx_pb.ts';
import { readModel } from '#formats/read-model.ts';
import { floats, modelOf, relu } from './small-onnx.ts';

const values = Float32Array.of(1, 2, 3, 4, 5, 6);
const data = Buffer.concat([Buffer.alloc(8, 0xff), Buffer.from(values.buffer)]);

/** A folder with `m.onnx`, whose kernel (2, 3) lies 8 bytes into `location`. */
function folderWith(location: string, entries: Readonly<Record<string, string>> = {}): { folder: string; model: string } {
  const folder = join(mkdtempSync(join(tmpdir(), 'external-')), 'model');
  mkdirSync(folder);
  const all = Object.entries({ location, offset: '8', length: '24', ...entries }).map(([key, value]) => ({ key, value }));
  const tensor = { ...floats('w', [2n, 3n]), rawData: new Uint8Array(), dataLocation: Location.EXTERNAL, externalData: all };
  const bytes = modelOf([{ opType: 'Gemm', name: 'g', input: ['x', 'w'], output: ['y'] }], [tensor], { shape: [0n, 2n] });
  writeFileSync(join(folder, 'm.onnx'), bytes);
  return { folder, model: join(folder, 'm.onnx') };
}

async function kernel(path: string): Promise<number[]> {
  const { artifact, format } = await readModel(path);
  assert.equal(format, 'onnx');
  return Array.from(artifact.weights[0]!.data);
}

test("a file's own data file is read with it; any file of a folder that was chosen is", async () => {
  for (const name of ['m.onnx.data', 'm.onnx_data']) {
    const { folder, model } = folderWith(name);
    writeFileSync(join(folder, name), data);
    assert.deepEqual(await kernel(model), [...values]);
    assert.deepEqual(await kernel(folder), [...values]);
  }
  const { folder, model } = folderWith('weights.bin');
  writeFileSync(join(folder, 'weights.bin'), data);
  await assert.rejects(kernel(model), { code: 'unsafe-file', message: /weights\.bin/ });
  assert.deepEqual(await kernel(folder), [...values]);
});

test('without an offset and a length it is the beginning, as long as the shape says', async () => {
  const { folder, model } = folderWith('m.onnx.data', { offset: '0', checksum: 'x' });
  writeFileSync(join(folder, 'm.onnx.data'), Buffer.from(values.buffer));
  assert.deepEqual(await kernel(model), [...values]);
});

const refused: readonly (readonly [string, string, Readonly<Record<string, string>>, (folder: string) => void, string, RegExp])[] = [
  ['a way upwards', '../m.onnx.data', {}, (at) => writeFileSync(join(at, '../m.onnx.data'), data), 'unsafe-file', /never followed/],
  ['a folder below', 'a/m.onnx.data', {}, () => undefined, 'unsafe-file', /never followed/],
  ['a whole path', '/etc/passwd', {}, () => undefined, 'unsafe-file', /never followed/],
  ['a file that is missing', 'm.onnx.data', {}, () => undefined, 'damaged-file', /missing/],
  ['a link', 'm.onnx.data', {}, (at) => symlinkSync('/etc/passwd', join(at, 'm.onnx.data')), 'unsafe-file', /is a link/],
  ['a folder', 'm.onnx.data', {}, (at) => mkdirSync(join(at, 'm.onnx.data')), 'unsafe-file', /regular|hard link/],
  [
    'a second name of another file',
    'm.onnx.data',
    {},
    (at) => {
      writeFileSync(join(at, '../secret'), data);
      linkSync(join(at, '../secret'), join(at, 'm.onnx.data'));
    },
    'unsafe-file',
    /hard link/,
  ],
  [
    'an offset beyond the end',
    'm.onnx.data',
    { offset: '16' },
    (at) => writeFileSync(join(at, 'm.onnx.data'), data),
    'damaged-file',
    /behind the end/,
  ],
  [
    'a length that is not the shape',
    'm.onnx.data',
    { length: '20' },
    (at) => writeFileSync(join(at, 'm.onnx.data'), data),
    'damaged-file',
    /24 bytes/,
  ],
  ['an offset below zero', 'm.onnx.data', { offset: '-8' }, (at) => writeFileSync(join(at, 'm.onnx.data'), data), 'unsafe-file', /offset/],
];
for (const [what, location, entries, lay, code, message] of refused) {
  test(`${what}: refused, by the file and by its folder`, async () => {
    const { folder, model } = folderWith(location, entries);
    lay(folder);
    for (const path of [model, folder]) await assert.rejects(kernel(path), { code, message }, basename(path));
  });
}

test('tensors that name the same bytes over and over are counted each time', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'external-'));
  const side = 16_384n;
  const all = [{ key: 'location', value: 'm.onnx.data' }];
  const tensors = ['a', 'b', 'c'].map((name) => ({
    name,
    dims: [side, side],
    dataType: Type.FLOAT,
    dataLocation: Location.EXTERNAL,
    externalData: all,
  }));
  writeFileSync(join(folder, 'm.onnx'), modelOf([relu], tensors));
  await assert.rejects(kernel(join(folder, 'm.onnx')), { code: 'over-limit', message: /With it the weights take/ });
});

test('a folder with two models is refused with what to do', async () => {
  const { folder } = folderWith('m.onnx.data');
  writeFileSync(join(folder, 'other.onnx'), '');
  await assert.rejects(kernel(folder), { code: 'not-a-model', message: /2 \.onnx files/ });
});
