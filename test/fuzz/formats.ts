// The files that are mutated and who reads them, by format; shared by the test and the thread that it works in.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { unzipSync, zipSync } from 'fflate';
import { readNpy } from '#formats/containers/npy.ts';
import { readH5 } from '#formats/h5/read-h5.ts';
import { decodeImage } from '#formats/images/decode-image.ts';
import { readImageHeader } from '#formats/images/read-header.ts';
import { readKeras } from '#formats/keras/read-keras.ts';
import { readOnnx } from '#formats/onnx/read/read-onnx.ts';
import { readModel } from '#formats/read-model.ts';
import { tfjsModel } from '#formats/tfjs/read-tfjs.ts';
import { writeTfjs } from '#formats/tfjs/write-tfjs.ts';
import { importData } from '../formats/import-data.ts';

export interface Subject {
  readonly name: string;
  readonly format: string;
  readonly seed: Buffer;
  readonly tokens: readonly Buffer[];
  read(bytes: Buffer): unknown;
}

const from = (folder: string) => (name: string) => readFileSync(join(import.meta.dirname, '../formats', folder, name));
const [fixture, onnx, picture] = [from('fixtures'), from('onnx-fixtures'), from('image-fixtures')];
const bytesOf = (tokens: readonly string[]) => tokens.map((token) => Buffer.from(token, 'latin1'));
const words = bytesOf(['__proto__', 'Lambda', '"units": -1', 'null', '1e999', '../', '{}', '[]', '0', '-1', '4294967296', '\0']);
const protobuf = bytesOf([
  '__proto__',
  'Loop',
  'Conv',
  'Gemm',
  '../',
  '\0',
  '\xff\xff\xff\xff\x0f',
  '\x08\0',
  '\x3a\0',
  '\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01',
  'x',
  'y',
]);
const table = bytesOf(['"', '""', ',', ';', '\t', '\n', '\r\n', '\0', '1e999', 'NaN', '=cmd()', '\xef\xbb\xbf', '\xff']);
const binary = bytesOf(['\xff\xd9', '\xff\xda', 'IDAT', 'IEND', 'VP8X', '\0\0\0\0', '\xff\xff\xff\xff', '\x80\0\0\0']);

const scratch = mkdtempSync(join(tmpdir(), 'fuzz-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
/** A folder or a file of data, imported as the importer does it. */
function imported(files: Readonly<Record<string, Buffer>>, source: string): Promise<unknown> {
  for (const [path, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(scratch, path)), { recursive: true });
    writeFileSync(join(scratch, path), bytes);
  }
  return importData(join(scratch, source));
}

const members = unzipSync(fixture('nested.keras'));
const repacked = (name: string, bytes: Buffer) => readKeras(Buffer.from(zipSync({ ...members, [name]: bytes }, { level: 0 })), 'm.keras');
const { artifact } = await readModel(join(import.meta.dirname, '../formats/fixtures/nested.keras'));
const [json, shard] = writeTfjs(join(scratch, 'tfjs'), artifact).map(({ path }) => readFileSync(path));
const idx = (sizes: number[], body: number[]) => Buffer.from([0, 0, 8, sizes.length, ...sizes.flatMap((size) => [0, 0, 0, size]), ...body]);
const labels = idx([6], [0, 1, 0, 1, 0, 1]);
const csv = Buffer.from(
  `a,b,"c ""d""",label\n${Array.from({ length: 12 }, (_, at) => `${at},${at / 3},${['red', '"blue,"', ''][at % 3]},${at % 2 === 0 ? 'yes' : 'no'}`).join('\r\n')}`,
);
const place = { file: 'x' };

export const subjects: readonly Subject[] = [
  {
    name: 'keras, the archive',
    format: 'keras',
    seed: fixture('nested.keras'),
    tokens: words,
    read: (bytes) => readKeras(bytes, 'm.keras'),
  },
  {
    name: 'keras, its config',
    format: 'keras',
    seed: Buffer.from(members['config.json']!),
    tokens: words,
    read: (bytes) => repacked('config.json', bytes),
  },
  {
    name: 'keras, its weights',
    format: 'keras',
    seed: Buffer.from(members['model.weights.h5']!),
    tokens: words,
    read: (bytes) => repacked('model.weights.h5', bytes),
  },
  { name: 'h5', format: 'h5', seed: fixture('nested.keras2.h5'), tokens: words, read: (bytes) => readH5(bytes, 'm.h5') },
  { name: 'tfjs, model.json', format: 'tfjs', seed: json!, tokens: words, read: (bytes) => tfjsModel(bytes, 'model.json', () => shard!) },
  ...[
    'mobile.script.onnx',
    'memory.dynamo.onnx',
    'branches.script.onnx',
    'perceptron.script.onnx',
    'shuffle.script.onnx',
    'gelu.dynamo.onnx',
    'pixels.script.onnx',
    'mixing.dynamo.onnx',
    'states.script.onnx',
    'sampling.dynamo.onnx',
  ].map((name): Subject => ({ name, format: 'onnx', seed: onnx(name), tokens: protobuf, read: (bytes) => readOnnx(bytes, 'm.onnx') })),
  { name: 'npz', format: 'npz', seed: fixture('blobs.npz'), tokens: words, read: (bytes) => imported({ 'd.npz': bytes }, 'd.npz') },
  { name: 'npy', format: 'npy', seed: fixture('fortran.npy'), tokens: words, read: (bytes) => readNpy(bytes, place) },
  {
    name: 'idx, a folder',
    format: 'idx',
    seed: idx(
      [6, 2, 2],
      Array.from({ length: 24 }, (_, at) => at),
    ),
    tokens: binary,
    read: (bytes) => imported({ 'idx/a-images-idx3-ubyte': bytes, 'idx/a-labels-idx1-ubyte': labels }, 'idx'),
  },
  { name: 'csv', format: 'csv', seed: csv, tokens: table, read: (bytes) => imported({ 'd.csv': bytes }, 'd.csv') },
  ...['rgb.png', 'palette-4-bit.png', 'interlaced.png', 'baseline.jpg', 'progressive.jpg', 'lossy.webp', 'lossless.webp'].map(
    (name): Subject => ({
      name,
      format: 'images',
      seed: picture(name),
      tokens: binary,
      read: (bytes) => decodeImage(bytes, readImageHeader(bytes, place), place),
    }),
  ),
  {
    name: 'a folder of images',
    format: 'images',
    seed: picture('gray.png'),
    tokens: binary,
    read: (bytes) =>
      imported({ 'pictures/a/1.png': bytes, 'pictures/a/2.png': picture('gray.png'), 'pictures/b/3.png': picture('gray.png') }, 'pictures'),
  },
];

export const formats = [...new Set(subjects.map(({ format }) => format))];
