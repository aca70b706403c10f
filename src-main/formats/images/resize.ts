// Pictures to the size and channels of a network: bilinear, with a wider kernel where they shrink, so that nothing is skipped.
import type { Image } from './image.ts';

interface Weights {
  readonly first: Int32Array;
  readonly count: Int32Array;
  /** In 2^-22, `most` for each place, which add up to 1. */
  readonly weights: Int32Array;
  readonly most: number;
}

const fractionBits = 22;
const half = 1 << (fractionBits - 1);

/**
 * The triangle filter that PIL calls BILINEAR, in PIL's own fixed point, so that the bytes are the same: centres of pixels at half, support 1 enlarged
 * by the scale where it is above 1. Worked example: [0, 100] to one pixel: centre 1, both weigh the same, 50.
 */
export function resize(image: Image, height: number, width: number): Image {
  return down(across(image, width), height);
}

function across(image: Image, width: number): Image {
  if (image.width === width) return image;
  const { height, channels, data: from } = image;
  const { first, count, weights, most } = weightsFor(image.width, width);
  const data = new Uint8Array(height * width * channels);
  const rowBytes = image.width * channels;
  for (let y = 0, to = 0; y < height; y++) {
    const start = y * rowBytes;
    if (channels === 1)
      for (let x = 0; x < width; x++) {
        let sum = half;
        let at = start + first[x]!;
        const end = x * most + count[x]!;
        for (let tap = x * most; tap < end; tap++) sum = (sum + Math.imul(weights[tap]!, from[at++]!)) | 0;
        data[to++] = sum >> fractionBits;
      }
    else
      for (let x = 0; x < width; x++) {
        let red = half;
        let green = half;
        let blue = half;
        let at = start + first[x]! * 3;
        const end = x * most + count[x]!;
        for (let tap = x * most; tap < end; tap++) {
          const weight = weights[tap]!;
          red = (red + Math.imul(weight, from[at]!)) | 0;
          green = (green + Math.imul(weight, from[at + 1]!)) | 0;
          blue = (blue + Math.imul(weight, from[at + 2]!)) | 0;
          at += 3;
        }
        data[to] = red >> fractionBits;
        data[to + 1] = green >> fractionBits;
        data[to + 2] = blue >> fractionBits;
        to += 3;
      }
  }
  return { width, height, channels, data };
}

function down(image: Image, height: number): Image {
  if (image.height === height) return image;
  const { width, channels, data: from } = image;
  const { first, count, weights, most } = weightsFor(image.height, height);
  const row = width * channels;
  const data = new Uint8Array(height * row);
  const sums = new Int32Array(row);
  for (let y = 0; y < height; y++) {
    sums.fill(half);
    for (let tap = 0; tap < count[y]!; tap++) {
      const weight = weights[y * most + tap]!;
      const start = (first[y]! + tap) * row;
      for (let at = 0; at < row; at++) sums[at] = sums[at]! + Math.imul(weight, from[start + at]!);
    }
    const to = y * row;
    for (let at = 0; at < row; at++) data[to + at] = sums[at]! >> fractionBits;
  }
  return { width, height, channels, data };
}

const known = new Map<string, Weights>();
const mostKnown = 64;

/** Pictures of a folder mostly have few sizes. */
function weightsFor(from: number, to: number): Weights {
  const key = `${from} ${to}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  if (known.size >= mostKnown) known.clear();
  const made = makeWeights(from, to);
  known.set(key, made);
  return made;
}

function makeWeights(from: number, to: number): Weights {
  const scale = from / to;
  const support = Math.max(1, scale);
  const most = Math.ceil(support) * 2 + 1;
  const weights = new Int32Array(to * most);
  const first = new Int32Array(to);
  const count = new Int32Array(to);
  for (let at = 0; at < to; at++) {
    const centre = (at + 0.5) * scale;
    const low = Math.max(0, Math.trunc(centre - support + 0.5));
    const high = Math.min(from, Math.trunc(centre + support + 0.5));
    const each = Array.from({ length: high - low }, (_, tap) => Math.max(0, 1 - Math.abs((low + tap + 0.5 - centre) / support)));
    const sum = each.reduce((total, weight) => total + weight, 0);
    each.forEach((weight, tap) => (weights[at * most + tap] = Math.trunc(0.5 + (weight / sum) * 2 ** fractionBits)));
    first[at] = low;
    count[at] = high - low;
  }
  return { first, count, weights, most };
}

/** Grey is 0.299 red + 0.587 green + 0.114 blue (ITU-R 601), rounded as PIL rounds it; colour from grey is grey thrice. */
export function toChannels(image: Image, channels: 1 | 3): Image {
  if (image.channels === channels) return image;
  const pixels = image.width * image.height;
  const from = image.data;
  const data = new Uint8Array(pixels * channels);
  if (channels === 1)
    for (let at = 0, pixel = 0; at < pixels; at++, pixel += 3)
      data[at] = (from[pixel]! * 19595 + from[pixel + 1]! * 38470 + from[pixel + 2]! * 7471 + 0x8000) >> 16;
  else for (let at = 0, pixel = 0; at < pixels; at++, pixel += 3) data[pixel] = data[pixel + 1] = data[pixel + 2] = from[at]!;
  return { width: image.width, height: image.height, channels, data };
}
