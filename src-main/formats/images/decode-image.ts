// One picture to bytes: PNG by our own reader, JPEG and WebP by their reference libraries compiled to WebAssembly, which can reach nothing but their own memory.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import decodeJpeg, { init as startJpeg } from '@jsquash/jpeg/decode.js';
import decodeWebp, { init as startWebp } from '@jsquash/webp/decode.js';
import { StudioError } from '#contract/errors.ts';
import { refusal, type Place } from '../refusal.ts';
import { decodePng } from './decode-png.ts';
import type { Image, ImageHeader } from './image.ts';

const codecs = {
  jpeg: { decode: decodeJpeg, start: startJpeg, file: '@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm' },
  webp: { decode: decodeWebp, start: startWebp, file: '@jsquash/webp/codec/dec/webp_dec.wasm' },
};
const ready = new Set<string>();

/** @throws StudioError `damaged-file`, `unsupported`. */
export async function decodeImage(bytes: Buffer, header: ImageHeader, place: Place): Promise<Image> {
  if (header.format === 'png') return decodePng(bytes, place);
  const codec = codecs[header.format];
  if (header.format === 'jpeg' && !endsWhole(bytes)) throw refusal('damaged-file', place, 'It is cut short.');
  if (header.format === 'webp' && bytes.readUInt32LE(4) + 8 > bytes.length) throw refusal('damaged-file', place, 'It is cut short.');
  try {
    if (!ready.has(header.format)) await restart(header.format);
    const { width, height, data } = await codec.decode(Uint8Array.from(bytes).buffer);
    if (width !== header.width || height !== header.height || data.length !== width * height * 4)
      throw refusal('damaged-file', place, 'Its pixels are of another size than its header says.');
    return fromRgba(data, width, height, header.gray);
  } catch (thrown) {
    // After an abort the codec's memory is in no known state.
    ready.delete(header.format);
    if (thrown instanceof StudioError) throw thrown;
    throw refusal('damaged-file', place, "Its pixels can't be decoded.", undefined, thrown);
  }
}

/** A fresh instance of the codec. */
async function restart(format: 'jpeg' | 'webp'): Promise<void> {
  const { start, file } = codecs[format];
  const wasmBinary = readFileSync(createRequire(import.meta.url).resolve(file));
  const options = { wasmBinary, print: () => undefined, printErr: () => undefined }; // what the library prints about small faults is of no use
  await start(options);
  ready.add(format);
}

/** The mark of the end of a picture stands somewhere after its scans begin; a thumbnail's stands before. */
function endsWhole(bytes: Buffer): boolean {
  return bytes.lastIndexOf(Buffer.from([0xff, 0xd9])) > bytes.lastIndexOf(Buffer.from([0xff, 0xda]));
}

function fromRgba(rgba: Uint8ClampedArray, width: number, height: number, gray: boolean): Image {
  const pixels = width * height;
  const data = new Uint8Array(gray ? pixels : pixels * 3);
  if (gray) for (let at = 0; at < pixels; at++) data[at] = rgba[at * 4]!;
  else
    for (let at = 0, from = 0; at < data.length; at += 3, from += 4) {
      data[at] = rgba[from]!;
      data[at + 1] = rgba[from + 1]!;
      data[at + 2] = rgba[from + 2]!;
    }
  return { width, height, channels: gray ? 1 : 3, data };
}
