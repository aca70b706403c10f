// The functions that generated C calls, C99 with the standard mathematics alone; only those that a network needs are written out.
import { windowKernels, type KernelSource } from './window-kernels.ts';

const six = (
  inner: string,
): string => `  for (int a = 0; a < size[0]; a++) for (int b = 0; b < size[1]; b++) for (int c = 0; c < size[2]; c++)
    for (int d = 0; d < size[3]; d++) for (int e = 0; e < size[4]; e++) for (int f = 0; f < size[5]; f++)
      ${inner}
`;
const at = (steps: string): string =>
  `a * ${steps}[0] + b * ${steps}[1] + c * ${steps}[2] + d * ${steps}[3] + e * ${steps}[4] + f * ${steps}[5]`;

function merging(name: string, expression: string): string {
  return `static void merge_${name}(const float *one, const float *other, float *out, const int *size, const long *step_one, const long *step_other) {
${six(`{ const float p = one[${at('step_one')}], q = other[${at('step_other')}]; *out++ = ${expression}; }`)}}
`;
}

const clampRelu = (name: string, expression: string): string => `static void clamp_${name}(float *out, long count) {
  for (long n = 0; n < count; n++) { const float x = out[n]; out[n] = ${expression}; }
}
`;

/** @param place of an entry of the result, between the entries of the input. */
function interpolating(name: string, place: (at: string, from: string, to: string) => string): string {
  return `static void resize_${name}(const float *in, float *out, int height, int width, int channels, int rows, int columns) {
  for (int row = 0; row < rows; row++) {
    const float y = ${place('row', 'height', 'rows')};
    const int top = y < 0.0f ? 0 : (int)y, bottom = y < 0.0f ? 0 : top + 1 < height ? top + 1 : height - 1;
    const float lower = y - floorf(y);
    for (int column = 0; column < columns; column++) {
      const float x = ${place('column', 'width', 'columns')};
      const int left = x < 0.0f ? 0 : (int)x, right = x < 0.0f ? 0 : left + 1 < width ? left + 1 : width - 1;
      const float further = x - floorf(x);
      for (int channel = 0; channel < channels; channel++) {
        const float above = in[((long)top * width + left) * channels + channel] * (1.0f - further) + in[((long)top * width + right) * channels + channel] * further;
        const float below = in[((long)bottom * width + left) * channels + channel] * (1.0f - further) + in[((long)bottom * width + right) * channels + channel] * further;
        *out++ = above * (1.0f - lower) + below * lower;
      }
    }
  }
}
`;
}

/** In the order in which they have to stand. */
export const kernelSources: Readonly<Record<string, KernelSource>> = {
  ...windowKernels,
  global_max: {
    source: `static void global_max(const float *in, float *out, long positions, int channels) {
  for (int channel = 0; channel < channels; channel++) {
    float most = in[channel];
    for (long position = 1; position < positions; position++) if (in[position * channels + channel] > most) most = in[position * channels + channel];
    out[channel] = most;
  }
}
`,
  },
  global_average: {
    source: `static void global_average(const float *in, float *out, long positions, int channels) {
  for (int channel = 0; channel < channels; channel++) {
    float sum = 0.0f;
    for (long position = 0; position < positions; position++) sum += in[position * channels + channel];
    out[channel] = sum / (float)positions;
  }
}
`,
  },
  move: {
    source: `/* Copies entries from one arrangement to another. */
static void move(const float *in, float *out, const int *size, const long *step_in, const long *step_out) {
${six(`out[${at('step_out')}] = in[${at('step_in')}];`)}}
`,
  },
  zero: { source: 'static void zero(float *out, long count) {\n  for (long n = 0; n < count; n++) out[n] = 0.0f;\n}\n' },
  affine: {
    source: `static void affine(const float *in, float *out, const float *scale, const float *shift, long count, int channels) {
  for (long n = 0; n < count; n++) out[n] = in[n] * scale[n % channels] + shift[n % channels];
}
`,
  },
  prelu: {
    source: `static void prelu(const float *in, const float *alpha, float *out, const int *size, const long *step_in, const long *step_alpha) {
${six(`{ const float x = in[${at('step_in')}]; *out++ = x >= 0.0f ? x : x * alpha[${at('step_alpha')}]; }`)}}
`,
  },
  layer_norm: {
    source: `static void layer_norm(const float *in, float *out, const float *scale, const float *shift, long rows, int length, float epsilon, int centred) {
  for (; rows > 0; rows--, in += length, out += length) {
    float mean = 0.0f, variance = 0.0f;
    for (int n = 0; n < length && centred; n++) mean += in[n];
    mean /= (float)length;
    for (int n = 0; n < length; n++) variance += (in[n] - mean) * (in[n] - mean);
    variance = 1.0f / sqrtf(variance / (float)length + epsilon);
    for (int n = 0; n < length; n++) out[n] = (in[n] - mean) * variance * scale[n] + shift[n];
  }
}
`,
  },
  product: {
    source: `/* Matrix by matrix: [rows, inner] x [inner, columns], or the second one given as [columns, inner]. */
static void product(const float *one, const float *other, float *out, long matrices, int rows, int inner, int columns, long stride, int turned) {
  for (long matrix = 0; matrix < matrices; matrix++, one += (long)rows * inner, other += stride)
    for (int row = 0; row < rows; row++)
      for (int column = 0; column < columns; column++) {
        float sum = 0.0f;
        for (int n = 0; n < inner; n++) sum += one[(long)row * inner + n] * (turned ? other[(long)column * inner + n] : other[(long)n * columns + column]);
        *out++ = sum;
      }
}
`,
  },
  lookup: {
    source: `static void lookup(const float *in, float *out, const float *table, long count, int width) {
  for (long n = 0; n < count; n++)
    for (int m = 0; m < width; m++) *out++ = table[(long)in[n] * width + m];
}
`,
  },
  resize_nearest: {
    source: `static void resize_nearest(const float *in, float *out, int height, int width, int channels, int rows, int columns) {
  for (int row = 0; row < rows; row++)
    for (int column = 0; column < columns; column++) {
      const long y = (long)(2 * row + 1) * height / (2 * rows), x = (long)(2 * column + 1) * width / (2 * columns);
      for (int channel = 0; channel < channels; channel++) *out++ = in[(y * width + x) * channels + channel];
    }
}
`,
  },
  resize_bilinear: { source: interpolating('bilinear', (at, from, to) => `((float)${at} + 0.5f) * (float)${from} / (float)${to} - 0.5f`) },
  resize_corners: {
    source: interpolating('corners', (at, from, to) => `${to} > 1 ? (float)${at} * (float)(${from} - 1) / (float)(${to} - 1) : 0.0f`),
  },
  softmax: {
    source: `static void softmax(const float *in, float *out, long rows, int length, int logarithm) {
  for (; rows > 0; rows--, in += length, out += length) {
    float most = in[0], total = 0.0f;
    for (int n = 1; n < length; n++) if (in[n] > most) most = in[n];
    for (int n = 0; n < length; n++) total += expf(in[n] - most);
    for (int n = 0; n < length; n++) out[n] = logarithm ? in[n] - most - logf(total) : expf(in[n] - most) / total;
  }
}
`,
  },
  merge_add: { source: merging('add', 'p + q') },
  merge_subtract: { source: merging('subtract', 'p - q') },
  merge_multiply: { source: merging('multiply', 'p * q') },
  merge_maximum: { source: merging('maximum', 'p > q ? p : q') },
  merge_minimum: { source: merging('minimum', 'p < q ? p : q') },
  clamp_relu: { source: clampRelu('relu', 'x > 0.0f ? x : 0.0f') },
  clamp_relu6: { source: clampRelu('relu6', 'x < 0.0f ? 0.0f : x > 6.0f ? 6.0f : x') },
};
