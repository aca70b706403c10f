// Convolutions, pooling and matrix products on plain arrays, channels last.
import type { Convolution, Dense, DepthwiseConvolution, Pooling, SlidingWindow, TransposedConvolution } from './plain-network.ts';

type Image = readonly [number, number, number];

/** Calls `visit` for every position of the window that lies within the image: output position, kernel position, input position. */
function slide(
  { size, strides, dilation, before }: SlidingWindow,
  [height, width]: Image,
  [rows, columns]: Image,
  visit: (to: number, tap: number, from: number) => void,
): void {
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      for (let i = 0; i < size[0]; i++) {
        const y = row * strides[0] - before[0] + i * dilation[0];
        if (y < 0 || y >= height) continue;
        for (let j = 0; j < size[1]; j++) {
          const x = column * strides[1] - before[1] + j * dilation[1];
          if (x >= 0 && x < width) visit(row * columns + column, i * size[1] + j, y * width + x);
        }
      }
    }
  }
}

type Numbers<T, K extends keyof T = never> = Pick<T, K | Extract<keyof T, 'kernel' | 'bias' | 'window'>>;

export function convolve(
  { kernel, bias, window, groups }: Numbers<Convolution, 'groups'>,
  data: Float32Array,
  input: Image,
  output: Image,
): Float32Array {
  const filters = output[2];
  const inputsEach = input[2] / groups;
  const filtersEach = filters / groups;
  const sums = repeated(bias, output[0] * output[1]);
  slide(window, input, output, (to, tap, from) => {
    for (let group = 0; group < groups; group++) {
      for (let channel = 0; channel < inputsEach; channel++) {
        const value = data[from * input[2] + group * inputsEach + channel]!;
        if (value === 0) continue;
        const row = (tap * inputsEach + channel) * filters + group * filtersEach;
        const sum = to * filters + group * filtersEach;
        for (let filter = 0; filter < filtersEach; filter++) sums[sum + filter]! += value * kernel[row + filter]!;
      }
    }
  });
  return Float32Array.from(sums);
}

export function convolveDepthwise(
  { kernel, bias, window, multiplier }: Numbers<DepthwiseConvolution, 'multiplier'>,
  data: Float32Array,
  input: Image,
  output: Image,
): Float32Array {
  const channels = input[2] * multiplier;
  const sums = repeated(bias, output[0] * output[1]);
  slide(window, input, output, (to, tap, from) => {
    for (let channel = 0; channel < channels; channel++) {
      sums[to * channels + channel]! += data[from * input[2] + Math.floor(channel / multiplier)]! * kernel[tap * channels + channel]!;
    }
  });
  return Float32Array.from(sums);
}

/** The window is that of the convolution from output to input, so it is walked the other way round. */
export function convolveTransposed(
  { kernel, bias, window }: Numbers<TransposedConvolution>,
  data: Float32Array,
  input: Image,
  output: Image,
): Float32Array {
  const [, , filters] = output;
  const sums = repeated(bias, output[0] * output[1]);
  slide(window, output, input, (from, tap, to) => {
    for (let filter = 0; filter < filters; filter++) {
      for (let channel = 0; channel < input[2]; channel++) {
        sums[to * filters + filter]! += data[from * input[2] + channel]! * kernel[(tap * filters + filter) * input[2] + channel]!;
      }
    }
  });
  return Float32Array.from(sums);
}

/** Every row of `data` times the kernel. */
export function timesKernel({ kernel, bias }: Numbers<Dense>, data: Float32Array): Float32Array {
  const units = bias.length;
  const entries = kernel.length / units;
  const sums = repeated(bias, data.length / entries);
  for (let at = 0; at < data.length; at++) {
    const value = data[at]!;
    if (value === 0) continue;
    const to = Math.floor(at / entries) * units;
    const from = (at % entries) * units;
    for (let unit = 0; unit < units; unit++) sums[to + unit]! += value * kernel[from + unit]!;
  }
  return Float32Array.from(sums);
}

export function pool({ mode, window }: Numbers<Pooling, 'mode'>, data: Float32Array, input: Image, output: Image): Float32Array {
  const channels = input[2];
  const results = new Float64Array(output[0] * output[1] * channels).fill(mode === 'max' ? -Infinity : 0);
  const counts = new Int32Array(output[0] * output[1]);
  slide(window, input, output, (to, _tap, from) => {
    counts[to]!++;
    for (let channel = 0; channel < channels; channel++) {
      const value = data[from * channels + channel]!;
      const at = to * channels + channel;
      results[at] = mode === 'max' ? Math.max(results[at]!, value) : results[at]! + value;
    }
  });
  return Float32Array.from(results, (value, at) => (mode === 'max' ? value : value / counts[Math.floor(at / channels)]!));
}

function repeated(bias: Float32Array, times: number): Float64Array {
  const sums = new Float64Array(bias.length * times);
  for (let time = 0; time < times; time++) sums.set(bias, time * bias.length);
  return sums;
}
