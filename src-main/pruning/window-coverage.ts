// At how many positions of a convolution each tap of its window lies on the image, not in the padding around it.
import { sizesOf, textOf, type TensorShape } from '#network/config-values.ts';
import type { JsonObject } from '#network/model-artifact.ts';
import { windowPositions } from '#network/layers/sliding-window.ts';

/**
 * A share from 0 to 1 for each tap of a window of this size, in memory's order; 1 throughout for `valid` padding, dense layers and images of unknown
 * size.
 * Example: 4 pixels in a row under a window of 3 with `same` padding: taps ¾, 1, ¾.
 */
export function windowCoverage(config: JsonObject, input: TensorShape | null, window: readonly number[]): Float64Array {
  const image = input === null ? [] : input.slice(1, -1);
  const padded = window.length > 0 && textOf(config, 'padding', 'valid') !== 'valid' && image.length === window.length;
  const positions = padded ? windowPositions(image, config, 'kernel_size', 1) : [];
  return window.reduce((taps, size, axis) => {
    const shares = sharesAlong(config, axis, size, image[axis] ?? null, positions[axis] ?? null, window.length);
    return Float64Array.from({ length: taps.length * size }, (_, at) => taps[Math.floor(at / size)]! * shares[at % size]!);
  }, Float64Array.of(1));
}

function sharesAlong(
  config: JsonObject,
  axis: number,
  size: number,
  length: number | null,
  positions: number | null,
  axes: number,
): Float64Array {
  const all = new Float64Array(size).fill(1);
  if (length === null || positions === null || positions === 0) return all;
  const [stride, dilation] = [sizesOf(config, 'strides', axes, 1)[axis]!, sizesOf(config, 'dilation_rate', axes, 1)[axis]!];
  const reach = (size - 1) * dilation;
  const padding = Math.max(0, (positions - 1) * stride + reach + 1 - length);
  const before = textOf(config, 'padding', 'valid') === 'causal' ? reach : Math.floor(padding / 2);
  return all.map((_, tap) => {
    let inside = 0;
    for (let position = 0; position < positions; position++) {
      const at = position * stride - before + tap * dilation;
      if (at >= 0 && at < length) inside++;
    }
    return inside / positions;
  });
}
