// Refusals say where: the format, the member, and the byte where it is known.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { unzipSync, zipSync } from 'fflate';
import { StudioError, type FileSource } from '#contract/errors.ts';
import { readCsv } from '#formats/containers/csv.ts';
import { sourceOf } from '#formats/containers/guarded-file.ts';
import { readIdxHeader } from '#formats/containers/idx.ts';
import { parseJson } from '#formats/containers/json.ts';
import { npyBytes, readNpy } from '#formats/containers/npy.ts';
import { decodePng } from '#formats/images/decode-png.ts';
import { readModel } from '#formats/read-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'places-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const place = { file: 'given', member: 'part' };

async function sourceIn(work: () => unknown): Promise<FileSource | undefined> {
  try {
    await work();
  } catch (thrown) {
    assert.ok(thrown instanceof StudioError, String(thrown));
    return thrown.source;
  }
  return assert.fail('nothing was refused');
}
const offsetIn = async (work: () => unknown): Promise<number | undefined> => (await sourceIn(work))?.offset;
const text = (characters: string): Uint8Array => new TextEncoder().encode(characters);
const csv = (bytes: Uint8Array) => () => [...readCsv(sourceOf(bytes), ',', place)];

test('CSV: the byte of a quote that is followed by text, after letters of two bytes and a byte-order mark', async () => {
  assert.equal(await offsetIn(csv(text('ä,b\n"c"x,d\n'))), 8);
  assert.equal(await offsetIn(csv(text('\uFEFFä,b\n"c"x,d\n'))), 11);
});

test('CSV and JSON: the first byte that is no UTF-8, on whatever page of the file it lies', async () => {
  const long = Buffer.concat([Buffer.from('a,b\n'.repeat(2 ** 20 + 5)), Buffer.from([0x78, 0xff, 0x0a])]);
  assert.equal(await offsetIn(csv(long)), 4 * (2 ** 20 + 5) + 1);
  assert.equal(await offsetIn(() => parseJson(Buffer.from([0x7b, 0xc3, 0x28]), place)), 2);
});

test('JSON: where its parser stops, in bytes', async () => {
  assert.equal(await offsetIn(() => parseJson('{"ä": 1, x}', place)), 10);
  assert.equal(await offsetIn(() => parseJson('{"a": [1, 2', place)), 11);
});

test('.npy and IDX: the header, or where the numbers begin', async () => {
  const sound = npyBytes({ dtype: 'float32', shape: [4], data: new Float32Array(4) });
  assert.equal(await offsetIn(() => readNpy(sound.subarray(0, sound.length - 4), place)), sound.length - 16);
  assert.equal(await offsetIn(() => readNpy(text('no array at all'), place)), 0);
  assert.equal(await offsetIn(() => readIdxHeader(sourceOf(Buffer.from([0, 0, 8, 1, 0, 0, 0, 9, 1])), place)), 8);
});

test('PNG: the part whose checksum is wrong', async () => {
  const part = (type: string, content: number[]): Buffer => {
    const bytes = Buffer.alloc(12 + content.length);
    bytes.writeUInt32BE(content.length);
    bytes.write(type, 4, 'latin1');
    bytes.set(content, 8);
    return bytes;
  };
  const picture = Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]),
    part('IHDR', [0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]),
  ]);
  assert.equal(await offsetIn(() => decodePng(picture, place)), 8);
});

test('models: format, file and member of an archive, a shard and a protobuf message', async () => {
  const members = unzipSync(readFileSync(join(import.meta.dirname, 'fixtures', 'mlp.keras')));
  const archive = join(folder, 'broken.keras');
  writeFileSync(archive, zipSync({ ...members, 'config.json': text('{"class_name": "Sequential", ?') }));
  assert.deepEqual(await sourceIn(() => readModel(archive)), { format: 'keras', file: 'broken.keras', member: 'config.json', offset: 29 });
  const tfjs = join(folder, 'short');
  mkdirSync(tfjs);
  const layers = [{ class_name: 'Dense', config: { name: 'd', units: 1, use_bias: true, batch_input_shape: [null, 2] } }];
  const weights = [
    { name: 'd/kernel', shape: [2, 1], dtype: 'float32' },
    { name: 'd/bias', shape: [1], dtype: 'float32' },
  ];
  writeFileSync(
    join(tfjs, 'model.json'),
    JSON.stringify({
      modelTopology: { class_name: 'Sequential', config: { name: 'm', layers } },
      weightsManifest: [{ paths: ['w.bin'], weights }],
    }),
  );
  writeFileSync(join(tfjs, 'w.bin'), new Uint8Array(10));
  const { format, member, offset } = (await sourceIn(() => readModel(tfjs)))!;
  assert.deepEqual({ format, member, offset }, { format: 'tfjs', member: 'd/bias', offset: 8 });
  const onnx = join(folder, 'cut.onnx');
  writeFileSync(onnx, Buffer.from([0x08, 0x08, 0x3a, 0x7f, 0x0a]));
  assert.deepEqual(await sourceIn(() => readModel(onnx)), { format: 'onnx', file: 'cut.onnx', offset: 2 });
});
