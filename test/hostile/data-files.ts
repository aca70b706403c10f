// Hostile data: arrays with objects or code in them, tables without end, pictures that unpack to gigabytes, links and pipes in folders.
import { execFileSync } from 'node:child_process';
import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateSync, gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import type { ErrorCode } from '#contract/errors.ts';
import { laid, oneFile, type Content, type HostileFile } from './hostile-file.ts';

const picture = (name: string) => readFileSync(join(import.meta.dirname, '../formats/image-fixtures', name));
const [png, jpeg] = [picture('rgb.png'), picture('baseline.jpg')];

function npy(header: string, body = 0): Buffer {
  const head = Buffer.from(`\x93NUMPY\x01\x00..${header}\n`, 'latin1');
  head.writeUInt16LE(head.length - 10, 8);
  return Buffer.concat([head, Buffer.alloc(body)]);
}
const described = (descr: string, shape: string, order = 'False') => `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }`;
const sound = {
  'x_train.npy': npy(described("'<f4'", '(4, 2)'), 32),
  'y_train.npy': npy(described("'|u1'", '(4,)'), 4),
  'x_test.npy': npy(described("'<f4'", '(4, 2)'), 32),
  'y_test.npy': npy(described("'|u1'", '(4,)'), 4),
};
const npz = oneFile('data', 'data.npz');
const array = (what: string, code: ErrorCode, words: RegExp, header: string, body = 0) =>
  npz(`npy: ${what}`, code, words, () => zipSync({ ...sound, 'x_train.npy': npy(header, body) }));

const csv = oneFile('data', 'data.csv');
const packed = oneFile('data', 'data.csv.gz');
const many = (row: (at: number) => string) => Array.from({ length: 40 }, (_, at) => row(at)).join('\n');

function idx(type: number, sizes: readonly number[], body: Uint8Array): Buffer {
  const head = Buffer.alloc(4 + 4 * sizes.length);
  head.set([0, 0, type, sizes.length]);
  sizes.forEach((size, at) => head.writeUInt32BE(size, 4 + 4 * at));
  return Buffer.concat([head, body]);
}
const labels = idx(8, [6], new Uint8Array([0, 1, 0, 1, 0, 1]));

/** A folder with these files in it; `=rgb.png` and the like stand for the pictures of the fixtures. */
function folderOf(
  what: string,
  code: ErrorCode,
  words: RegExp,
  files: Readonly<Record<string, Content>>,
  more?: (folder: string) => void,
): HostileFile {
  return {
    what,
    as: 'data',
    code,
    words,
    lay(folder) {
      const source = join(folder, 'data');
      for (const [name, content] of Object.entries(files)) laid(source, name, content);
      more?.(source);
      return source;
    },
  };
}
const pictures = (
  what: string,
  code: ErrorCode,
  words: RegExp,
  files: Readonly<Record<string, Content>>,
  more?: (folder: string) => void,
) => folderOf(`pictures: ${what}`, code, words, { 'b/sound.png': png, ...files }, more);

function chunk(type: string, body: Uint8Array): Buffer {
  const whole = Buffer.concat([Buffer.alloc(4), Buffer.from(type, 'latin1'), body, Buffer.alloc(4)]);
  whole.writeUInt32BE(body.length, 0);
  whole.writeUInt32BE(crc32(whole.subarray(4, -4)), whole.length - 4);
  return whole;
}
function pngOf(width: number, height: number, pixels: Uint8Array): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const parts = [chunk('IHDR', header), chunk('IDAT', deflateSync(pixels)), chunk('IEND', new Uint8Array(0))];
  return Buffer.concat([png.subarray(0, 8), ...parts]);
}

export const hostileData: readonly HostileFile[] = [
  array('Python objects', 'unsafe-file', /x_train\.npy.*Python objects/, described("'|O'", '(4,)'), 32),
  array('code in the header', 'damaged-file', /x_train\.npy/, described("'<f4'", "(__import__('os').getpid(),)"), 4),
  array('a structured dtype', 'unsupported', /x_train\.npy/, described("[('a', '<f4')]", '(4,)'), 16),
  array('a vast shape', 'over-limit', /x_train\.npy/, described("'<f4'", '(99999999999, 99999999)'), 4),
  array('a body too short', 'damaged-file', /x_train\.npy.*needs 32 bytes.*holds 4/, described("'<f4'", '(4, 2)'), 4),
  array('text instead of numbers', 'unsupported', /x_train\.npy/, described("'<U8'", '(4,)'), 128),
  npz('npz: a member that climbs out', 'unsafe-file', /evil/, () => zipSync({ ...sound, '../evil.npy': sound['x_test.npy'] })),
  npz('npz: a bomb', 'over-limit', /x_train/, () =>
    zipSync({ ...sound, 'x_train.npy': npy(described("'<f4'", '(9000000, 1)'), 36_000_000) }),
  ),
  csv('csv: a quote that never ends', 'damaged-file', /never ends/, () => 'a,b\n1,"2\n'),
  csv('csv: a record too short', 'damaged-file', /2 fields where the first one has 3/, () => 'a,b,label\n1,2,x\n1,2\n3,4,y'),
  csv('csv: a zero byte', 'damaged-file', /zero byte|no text/, () => 'a,b\n1,\0\n'),
  csv('csv: bytes that are no UTF-8', 'damaged-file', /UTF-8/, () => Buffer.from('a,label\n1,\xff\xfe\n2,x\n', 'latin1')),
  csv('csv: a field of 20 MB', 'over-limit', /line 2/, () => `a,label\n${'1'.repeat(20 * 2 ** 20)},x\n`),
  csv('csv: 200,000 columns', 'over-limit', /100000 columns/, () => `${'a,'.repeat(200_000)}label\n`),
  csv(
    'csv: a class for every row',
    'wrong-labels',
    /too many for classes/,
    () => `x,target\n${Array.from({ length: 1200 }, (_, at) => `${at},name ${at}`).join('\n')}`,
  ),
  csv('csv: no column of labels', 'bad-input', /looks like labels/, () => `x,z\n${many((at) => `${at * 0.5},${at * 0.37}`)}`),
  csv('csv: labels and nothing else', 'not-a-dataset', /column/, () => 'label\na\nb\n'),
  csv('csv: UTF-16 with half a character', 'damaged-file', /UTF-16/, () => Buffer.from('\ufeffa,label\n1,\ud800\n2,x\n', 'utf16le')),
  packed('csv: a gzip bomb', 'over-limit', /200 times/, () => gzipSync(Buffer.alloc(64 * 2 ** 20, '1,a\n'))),
  npz('npz: labels of letters that there are not', 'damaged-file', /y_train.*character/, () =>
    zipSync({ ...sound, 'y_train.npy': Buffer.concat([npy(described("'<U1'", '(4,)')), Buffer.alloc(16, 0xff)]) }),
  ),
  npz('npz: labels of words, cut short', 'damaged-file', /y_train.*needs 128 bytes/, () =>
    zipSync({ ...sound, 'y_train.npy': npy(described("'<U8'", '(4,)'), 100) }),
  ),
  csv('csv: nothing', 'not-a-dataset', /empty/, () => ''),
  folderOf('idx: cut short', 'damaged-file', /train-images/, {
    'train-images-idx3-ubyte': idx(8, [6, 2, 2], new Uint8Array(5)),
    'train-labels-idx1-ubyte': labels,
  }),
  folderOf('idx: 16 TB declared', 'over-limit', /train-images/, {
    'train-images-idx3-ubyte': idx(8, [2 ** 32 - 1, 4096, 1], new Uint8Array(1)),
    'train-labels-idx1-ubyte': labels,
  }),
  folderOf('idx: a gzip bomb', 'over-limit', /train-images/, {
    'train-images-idx3-ubyte.gz': gzipSync(Buffer.alloc(64 * 2 ** 20)),
    'train-labels-idx1-ubyte': labels,
  }),
  folderOf('idx: gzip cut short', 'damaged-file', /train-labels/, {
    'train-images-idx3-ubyte': idx(8, [6, 2, 2], new Uint8Array(24)),
    'train-labels-idx1-ubyte.gz': gzipSync(labels).subarray(0, 20),
  }),
  pictures('a PNG of 100,000 × 100,000 pixels', 'over-limit', /a\/x\.png.*100000 × 100000/, {
    'a/x.png': pngOf(100_000, 100_000, new Uint8Array(4)),
  }),
  pictures('a PNG that unpacks to 64 MB', 'damaged-file', /a\/x\.png/, { 'a/x.png': pngOf(2, 2, new Uint8Array(64 * 2 ** 20)) }),
  pictures('a PNG cut short', 'damaged-file', /a\/x\.png/, { 'a/x.png': png.subarray(0, png.length - 20) }),
  pictures('a JPEG cut short', 'damaged-file', /a\/x\.jpg.*(cut short|frame)/, { 'a/x.jpg': jpeg.subarray(0, 400) }),
  pictures('an SVG', 'unsupported', /SVG/, { 'a/x.svg': '<svg onload="alert(1)"/>' }),
  pictures('text named as a picture', 'damaged-file', /no PNG, JPEG or WebP/, { 'a/x.png': 'hello' }),
  folderOf('pictures: in no folder of a class', 'not-a-dataset', /no folder of a class/, { 'x.png': png, 'y.png': png }),
  pictures('a link', 'unsafe-file', /a\/linked\.png/, { 'a/x.png': png, '../secret.png': png }, (source) =>
    symlinkSync(join(source, '../secret.png'), join(source, 'a/linked.png')),
  ),
  pictures('a folder that is a link', 'unsafe-file', /outside/, { 'a/x.png': png, '../elsewhere/y.png': png }, (source) =>
    symlinkSync(join(source, '../elsewhere'), join(source, 'outside')),
  ),
  pictures(
    'a pipe',
    'unsafe-file',
    /a\/pipe\.png/,
    { 'a/x.png': png },
    (source) => void execFileSync('mkfifo', [join(source, 'a/pipe.png')]),
  ),
];
