// The files that are mutated, how, and who reads them; shared by the test and the thread that it works in.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { unzipSync, zipSync } from 'fflate';
import { sourceOf } from '#formats/containers/guarded-file.ts';
import { readIdxHeader } from '#formats/containers/idx.ts';
import { readNpy } from '#formats/containers/npy.ts';
import { readH5 } from '#formats/h5/read-h5.ts';
import { readKeras } from '#formats/keras/read-keras.ts';
import { readModel } from '#formats/read-model.ts';
import { importData } from './import-data.ts';
import { tfjsModel } from '#formats/tfjs/read-tfjs.ts';
import { writeTfjs } from '#formats/tfjs/write-tfjs.ts';

const folder = mkdtempSync(join(tmpdir(), 'fuzz-'));
function fileOf(bytes: Buffer, name: string): string {
  const path = join(folder, `${threadId}-${name}`);
  writeFileSync(path, bytes);
  return path;
}
const fixture = (name: string) => readFileSync(join(import.meta.dirname, 'fixtures', name));
const tokens = ['__proto__', 'Lambda', '"units": -1', 'null', '1e999', '../', '{}', '[]', '0', '-1', '4294967296', '\u0000'].map((token) =>
  Buffer.from(token),
);

/** mulberry32: small, seeded, the same everywhere. */
export function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** One to four of: a flipped bit, a truncation, a splice, a length field at an extreme, a token of the format. */
export function mutated(seed: Buffer, random: (below: number) => number): Buffer {
  let bytes = Buffer.from(seed);
  for (let change = 0, changes = 1 + random(4); change < changes && bytes.length > 8; change++) {
    const at = random(bytes.length);
    switch (random(6)) {
      case 0:
        bytes[at] = bytes[at]! ^ (1 << random(8));
        break;
      case 1:
        bytes = bytes.subarray(0, at);
        break;
      case 2:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(random(bytes.length))]);
        break;
      case 3:
        bytes.writeUInt32LE([0, 1, 0x7fff_ffff, 0xffff_ffff][random(4)]!, Math.min(at, bytes.length - 4));
        break;
      case 4: {
        const token = tokens[random(tokens.length)]!;
        bytes = Buffer.concat([bytes.subarray(0, at), token, bytes.subarray(at + token.length)]);
        break;
      }
      default:
        bytes[at] = random(256);
    }
  }
  return bytes;
}

const members = unzipSync(fixture('nested.keras'));
const config = Buffer.from(members['config.json']!);
const idx = Buffer.from([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8]);
const { artifact } = await readModel(join(import.meta.dirname, 'fixtures', 'nested.keras'));
const [json, shard] = writeTfjs(mkdtempSync(join(tmpdir(), 'fuzz-')), artifact).map(({ path }) => readFileSync(path));

export const formats: [string, Buffer, (bytes: Buffer) => unknown][] = [
  ['keras, the archive', fixture('nested.keras'), (bytes) => readKeras(bytes, 'm.keras')],
  ['keras, its config', config, (bytes) => readKeras(Buffer.from(zipSync({ ...members, 'config.json': bytes }, { level: 0 })), 'm.keras')],
  [
    'keras, its weights',
    Buffer.from(members['model.weights.h5']!),
    (bytes) => readKeras(Buffer.from(zipSync({ ...members, 'model.weights.h5': bytes }, { level: 0 })), 'm.keras'),
  ],
  ['h5', fixture('nested.keras2.h5'), (bytes) => readH5(bytes, 'm.h5')],
  ['tfjs, model.json', json!, (bytes) => tfjsModel(bytes, 'model.json', () => shard!)],
  ['npz', fixture('blobs.npz'), (bytes) => importData(fileOf(bytes, 'd.npz'))],
  ['npy', fixture('fortran.npy'), (bytes) => readNpy(bytes, { file: 'x.npy' })],
  ['idx', idx, (bytes) => readIdxHeader(sourceOf(bytes), { file: 'x' })],
];
