// PNG (W3C 2003): every colour type and depth, interlaced or not; chunks checked, inflated to exactly what the header says.
import { crc32, inflateSync } from 'node:zlib';
import { refusal, type Place } from '../refusal.ts';
import type { Image } from './image.ts';

interface Layout {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  /** 0 grey, 2 RGB, 3 palette, 4 grey with alpha, 6 RGB with alpha. */
  readonly colour: number;
  readonly interlaced: boolean;
}

const samplesOf: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
const depthsOf: Record<number, readonly number[]> = { 0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16] };
/** Adam7: first column and row of each pass, and the steps between. */
const passes = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** Its size has been checked by `readImageHeader`. @throws StudioError `damaged-file`, `unsupported`. */
export function decodePng(bytes: Buffer, place: Place): Image {
  /** The part that is being looked at. */
  let at = 8;
  const damaged = (what: string, cause?: unknown) => refusal('damaged-file', { ...place, offset: at }, what, undefined, cause);
  const parts: Buffer[] = [];
  let palette: Buffer | undefined;
  let layout: Layout | undefined;
  let ended = false;
  while (at + 12 <= bytes.length && !ended) {
    const length = bytes.readUInt32BE(at);
    const end = at + 12 + length;
    if (end > bytes.length) throw damaged('It is cut short.');
    const type = bytes.toString('latin1', at + 4, at + 8);
    if (crc32(bytes.subarray(at + 4, end - 4)) !== bytes.readUInt32BE(end - 4))
      throw damaged(`The checksum of its ${type.replace(/[^A-Za-z]/g, '?')} part is wrong.`);
    const content = bytes.subarray(at + 8, end - 4);
    if (type === 'IHDR') layout = layoutOf(content, { ...place, offset: at });
    else if (type === 'PLTE') palette = content;
    else if (type === 'IDAT') parts.push(content);
    else if (type === 'IEND') ended = true;
    at = end;
  }
  if (layout === undefined || !ended || parts.length === 0) throw damaged('It is cut short.');
  const bitsPerPixel = samplesOf[layout.colour]! * layout.depth;
  const sizes = layout.interlaced
    ? passes.map(([x, y, dx, dy]) => [Math.ceil((layout.width - x) / dx), Math.ceil((layout.height - y) / dy)] as const)
    : [[layout.width, layout.height] as const];
  const needed = sizes.reduce((sum, [w, h]) => sum + (w < 1 ? 0 : h * (1 + Math.ceil((w * bitsPerPixel) / 8))), 0);
  let raw: Buffer;
  try {
    raw = inflateSync(Buffer.concat(parts), { maxOutputLength: needed + 1 });
  } catch (cause) {
    throw refusal('damaged-file', place, "Its pixels can't be unpacked.", undefined, cause);
  }
  if (raw.length !== needed) throw refusal('damaged-file', place, `Its pixels take ${raw.length} bytes where ${needed} belong.`);
  if (layout.colour === 3 && (palette === undefined || palette.length < 3)) throw refusal('damaged-file', place, 'It has no palette.');

  const channels = layout.colour === 0 || layout.colour === 4 ? 1 : 3;
  const data = new Uint8Array(layout.width * layout.height * channels);
  let start = 0;
  for (const [index, [width, height]] of sizes.entries()) {
    if (width < 1) continue;
    const rowBytes = Math.ceil((width * bitsPerPixel) / 8);
    unfilter(raw, start, rowBytes, height, Math.max(1, bitsPerPixel >> 3), place);
    if (!layout.interlaced && layout.depth === 8 && layout.colour !== 3) {
      for (let y = 0; y < height; y++)
        copyRow(raw, start + y * (rowBytes + 1) + 1, data, y * width * channels, width, channels, samplesOf[layout.colour]!);
      break;
    }
    const [x0, y0, dx, dy] = layout.interlaced ? passes[index]! : [0, 0, 1, 1];
    for (let y = 0; y < height; y++) {
      const row = start + y * (rowBytes + 1) + 1;
      for (let x = 0; x < width; x++) {
        const target = ((y0 + y * dy) * layout.width + x0 + x * dx) * channels;
        put(data, target, raw, row, x, layout, palette);
      }
    }
    start += height * (rowBytes + 1);
  }
  return { width: layout.width, height: layout.height, channels, data };
}

function layoutOf(header: Buffer, place: Place): Layout {
  const [depth, colour, packing, filter, interlace] = [header[8], header[9], header[10], header[11], header[12]];
  if (header.length !== 13 || depth === undefined || colour === undefined || depthsOf[colour]?.includes(depth) !== true)
    throw refusal('damaged-file', place, 'Its header names no colours that a PNG can have.');
  if (packing !== 0 || filter !== 0 || (interlace !== 0 && interlace !== 1))
    throw refusal('damaged-file', place, 'Its header names a way of packing that no PNG has.');
  return { width: header.readUInt32BE(0), height: header.readUInt32BE(4), depth, colour, interlaced: interlace === 1 };
}

/** Undoes the filters in place: each row stands as a sum with its left, upper or both neighbours. */
function unfilter(raw: Buffer, start: number, rowBytes: number, rows: number, pixel: number, place: Place): void {
  for (let y = 0; y < rows; y++) {
    const row = start + y * (rowBytes + 1) + 1;
    const above = row - rowBytes - 1;
    const filter = raw[row - 1]!;
    const end = row + rowBytes;
    if (filter > 4) throw refusal('damaged-file', place, 'One of its rows has a filter that no PNG has.');
    if (filter === 1) for (let at = row + pixel; at < end; at++) raw[at] = raw[at]! + raw[at - pixel]!;
    else if (filter === 2 && y > 0) for (let at = row, up = above; at < end; at++, up++) raw[at] = raw[at]! + raw[up]!;
    else if (filter === 3)
      for (let x = 0; x < rowBytes; x++)
        raw[row + x] = raw[row + x]! + (((x >= pixel ? raw[row + x - pixel]! : 0) + (y > 0 ? raw[above + x]! : 0)) >> 1);
    else if (filter === 4) {
      for (let x = 0; x < Math.min(pixel, rowBytes); x++) raw[row + x] = raw[row + x]! + (y > 0 ? raw[above + x]! : 0);
      for (let x = pixel; x < rowBytes; x++) {
        const left = raw[row + x - pixel]!;
        const up = y > 0 ? raw[above + x]! : 0;
        const corner = y > 0 ? raw[above + x - pixel]! : 0;
        const [a, b, c] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)];
        raw[row + x] = raw[row + x]! + (a <= b && a <= c ? left : b <= c ? up : corner);
      }
    }
  }
}

/** Bytes as they are; of pixels with transparency all but that. */
function copyRow(raw: Buffer, from: number, data: Uint8Array, to: number, width: number, channels: number, samples: number): void {
  if (samples === channels) {
    data.set(raw.subarray(from, from + width * channels), to);
    return;
  }
  for (let x = 0; x < width; x++, from += samples) for (let channel = 0; channel < channels; channel++) data[to++] = raw[from + channel]!;
}

/** 16 bits keep their upper eight; 1, 2 and 4 bits of grey are stretched to 0–255. */
function put(
  data: Uint8Array,
  target: number,
  raw: Buffer,
  row: number,
  x: number,
  { depth, colour }: Layout,
  palette: Buffer | undefined,
): void {
  if (depth < 8) {
    const bit = x * depth;
    const value = (raw[row + (bit >> 3)]! >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
    if (palette !== undefined && colour === 3)
      for (let channel = 0; channel < 3; channel++) data[target + channel] = palette[value * 3 + channel] ?? 0;
    else data[target] = (value * 255) / ((1 << depth) - 1);
    return;
  }
  const bytes = depth >> 3;
  const at = row + x * samplesOf[colour]! * bytes;
  if (colour === 3) for (let channel = 0; channel < 3; channel++) data[target + channel] = palette![raw[at]! * 3 + channel] ?? 0;
  else if (colour === 0 || colour === 4) data[target] = raw[at]!;
  else for (let channel = 0; channel < 3; channel++) data[target + channel] = raw[at + channel * bytes]!;
}
