// Pictures to the size and channels of a network: bilinear, with a wider kernel where they shrink, so that nothing is skipped.
import type { Image } from './image.ts';

interface Weights {
  readonly first: Int32Array;
  readonly count: Int32Array;
  readonly weights: Float64Array;
  readonly most: number;
}

/**
 * The triangle filter that PIL calls BILINEAR: centres of pixels at half, support 1 enlarged by the scale where it is above 1.
 * Worked example: [0, 100] to one pixel: centre 1, both weigh the same, 50.
 */
export function resize(image: Image, height: number, width: number): Image {
  if (image.height === height && image.width === width) return image;
  const { channels } = image;
  const across = weightsFor(image.width, width);
  const down = weightsFor(image.height, height);
  const middle = new Float32Array(image.height * width * channels);
  for (let y = 0; y < image.height; y++)
    for (let x = 0; x < width; x++)
      for (let channel = 0; channel < channels; channel++) {
        let sum = 0;
        for (let tap = 0; tap < across.count[x]!; tap++)
          sum += across.weights[x * across.most + tap]! * image.data[(y * image.width + across.first[x]! + tap) * channels + channel]!;
        middle[(y * width + x) * channels + channel] = sum;
      }
  const data = new Uint8Array(height * width * channels);
  const row = width * channels;
  for (let y = 0; y < height; y++)
    for (let at = 0; at < row; at++) {
      let sum = 0;
      for (let tap = 0; tap < down.count[y]!; tap++) sum += down.weights[y * down.most + tap]! * middle[(down.first[y]! + tap) * row + at]!;
      data[y * row + at] = Math.min(255, Math.max(0, Math.round(sum)));
    }
  return { width, height, channels, data };
}

function weightsFor(from: number, to: number): Weights {
  const scale = from / to;
  const support = Math.max(1, scale);
  const most = Math.ceil(support) * 2 + 1;
  const weights = new Float64Array(to * most);
  const first = new Int32Array(to);
  const count = new Int32Array(to);
  for (let at = 0; at < to; at++) {
    const centre = (at + 0.5) * scale;
    const low = Math.max(0, Math.trunc(centre - support + 0.5));
    const high = Math.min(from, Math.trunc(centre + support + 0.5));
    let sum = 0;
    for (let tap = 0; tap < high - low; tap++) {
      const weight = Math.max(0, 1 - Math.abs((low + tap + 0.5 - centre) / support));
      weights[at * most + tap] = weight;
      sum += weight;
    }
    for (let tap = 0; tap < high - low; tap++) weights[at * most + tap] = weights[at * most + tap]! / sum;
    first[at] = low;
    count[at] = high - low;
  }
  return { first, count, weights, most };
}

/** Grey is 0.299 red + 0.587 green + 0.114 blue (ITU-R 601), rounded as PIL rounds it; colour from grey is grey thrice. */
export function toChannels(image: Image, channels: 1 | 3): Image {
  if (image.channels === channels) return image;
  const pixels = image.width * image.height;
  const data = new Uint8Array(pixels * channels);
  for (let at = 0; at < pixels; at++) {
    if (channels === 1) {
      const [red, green, blue] = [image.data[at * 3]!, image.data[at * 3 + 1]!, image.data[at * 3 + 2]!];
      data[at] = (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;
    } else data.fill(image.data[at]!, at * 3, at * 3 + 3);
  }
  return { width: image.width, height: image.height, channels, data };
}
