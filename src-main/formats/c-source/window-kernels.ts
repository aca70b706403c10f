// The generated C functions that walk over images and kernels: convolutions, dense layers, pooling.

/** `needs` names others that have to stand before. */
export interface KernelSource {
  readonly needs?: readonly string[];
  readonly source: string;
}

const windowType = `/* How a window moves: height, width and channels of the image and of the result, the window's size, strides, steps between its
   entries, what lies before the image's first row and column, and channel groups (or, depthwise, results a channel). */
typedef struct { int height, width, channels, rows, columns, filters, size_y, size_x, stride_y, stride_x, step_y, step_x, top, left, groups; } window_t;
`;

const start = `static void start_with(float *out, const float *bias, long positions, int filters) {
  for (long position = 0; position < positions; position++)
    for (int filter = 0; filter < filters; filter++) out[position * filters + filter] = bias ? bias[filter] : 0.0f;
}
`;

/** Loops over the positions of a window; \`body\` sees \`from\` (a place of the image), \`to\` (a place of the result) and \`tap\`. */
function slide(body: string, before = '', after = ''): string {
  return `  for (int row = 0; row < w->rows; row++)
    for (int column = 0; column < w->columns; column++) {
      const long to = (long)row * w->columns + column;
${before}      for (int i = 0; i < w->size_y; i++) {
        const int y = row * w->stride_y - w->top + i * w->step_y;
        if (y < 0 || y >= w->height) continue;
        for (int j = 0; j < w->size_x; j++) {
          const int x = column * w->stride_x - w->left + j * w->step_x;
          if (x < 0 || x >= w->width) continue;
          const long from = (long)y * w->width + x;
${body}        }
      }
${after}    }
`;
}

/** One weight at a time over all positions that it touches: every weight is decoded once. \`apply\` sees \`from\` and \`to\`. */
function eachWeight(signature: string, unpack: string, apply: string): string {
  return `static void ${signature}(const float *in, float *out, const float *values, long count, const unsigned char *where, next_t next, const window_t *w) {
  long at = -1;
  for (long n = 0; n < count; n++) {
    at = next(&where, at);
${unpack}    const int i = (int)(tap / w->size_x), j = (int)(tap % w->size_x);
    for (int row = 0; row < w->rows; row++) {
      const int y = row * w->stride_y - w->top + i * w->step_y;
      if (y < 0 || y >= w->height) continue;
      for (int column = 0; column < w->columns; column++) {
        const int x = column * w->stride_x - w->left + j * w->step_x;
        if (x < 0 || x >= w->width) continue;
        const long from = (long)y * w->width + x, to = (long)row * w->columns + column;
        ${apply}
      }
    }
  }
}
`;
}

export const windowKernels: Readonly<Record<string, KernelSource>> = {
  window: { source: windowType },
  start: { source: start },
  next: { source: 'typedef long (*next_t)(const unsigned char **where, long at);\n' },
  next_bits: {
    needs: ['next'],
    source: `/* Weights without their zeros: a bit an entry, set where there is a value. */
static long next_bits(const unsigned char **where, long at) {
  do at++; while (!((*where)[at >> 3] >> (at & 7) & 1));
  return at;
}
`,
  },
  next_runs: {
    needs: ['next'],
    source: `/* Weights without their zeros: a byte with the zeros before each value; 255 stands for 255 zeros and no value. */
static long next_runs(const unsigned char **where, long at) {
  while (**where == 255) { at += 255; (*where)++; }
  return at + 1 + *(*where)++;
}
`,
  },
  convolve: {
    needs: ['window', 'start'],
    source: `static void convolve(const float *in, float *out, const float *kernel, const float *bias, const window_t *w) {
  const int inputs = w->channels / w->groups, filters = w->filters / w->groups;
  start_with(out, bias, (long)w->rows * w->columns, w->filters);
${slide(`          for (int group = 0; group < w->groups; group++)
            for (int channel = 0; channel < inputs; channel++) {
              const float value = in[from * w->channels + group * inputs + channel];
              const float *weights = kernel + (((long)i * w->size_x + j) * inputs + channel) * w->filters + group * filters;
              float *sums = out + to * w->filters + group * filters;
              for (int filter = 0; filter < filters; filter++) sums[filter] += value * weights[filter];
            }
`)}}
`,
  },
  convolve_sparse: {
    needs: ['window', 'start', 'next'],
    source: eachWeight(
      'convolve_sparse',
      `    const int inputs = w->channels / w->groups, filter = (int)(at % w->filters);
    const long tap = at / w->filters / inputs;
    const int channel = (int)(at / w->filters % inputs) + filter / (w->filters / w->groups) * inputs;
`,
      'out[to * w->filters + filter] += in[from * w->channels + channel] * values[n];',
    ),
  },
  depthwise: {
    needs: ['window', 'start'],
    source: `static void depthwise(const float *in, float *out, const float *kernel, const float *bias, const window_t *w) {
  start_with(out, bias, (long)w->rows * w->columns, w->filters);
${slide(`          for (int filter = 0; filter < w->filters; filter++)
            out[to * w->filters + filter] += in[from * w->channels + filter / w->groups] * kernel[((long)i * w->size_x + j) * w->filters + filter];
`)}}
`,
  },
  depthwise_sparse: {
    needs: ['window', 'start', 'next'],
    source: eachWeight(
      'depthwise_sparse',
      `    const int filter = (int)(at % w->filters), channel = filter / w->groups;
    const long tap = at / w->filters;
`,
      'out[to * w->filters + filter] += in[from * w->channels + channel] * values[n];',
    ),
  },
  transposed: {
    needs: ['window', 'start'],
    source: `/* The window goes over the result; every entry of the input is spread over it. */
static void transposed(const float *in, float *out, const float *kernel, const float *bias, const window_t *w) {
  start_with(out, bias, (long)w->height * w->width, w->channels);
${slide(`          for (int filter = 0; filter < w->channels; filter++) {
            float sum = 0.0f;
            const float *weights = kernel + (((long)i * w->size_x + j) * w->channels + filter) * w->filters;
            for (int channel = 0; channel < w->filters; channel++) sum += in[to * w->filters + channel] * weights[channel];
            out[from * w->channels + filter] += sum;
          }
`)}}
`,
  },
  transposed_sparse: {
    needs: ['window', 'start', 'next'],
    source: eachWeight(
      'transposed_sparse',
      `    const int channel = (int)(at % w->filters), filter = (int)(at / w->filters % w->channels);
    const long tap = at / w->filters / w->channels;
`,
      'out[from * w->channels + filter] += in[to * w->filters + channel] * values[n];',
    ),
  },
  dense: {
    needs: ['start'],
    source: `static void dense(const float *in, float *out, const float *kernel, const float *bias, int rows, int entries, int units) {
  start_with(out, bias, rows, units);
  for (int row = 0; row < rows; row++)
    for (int entry = 0; entry < entries; entry++) {
      const float value = in[(long)row * entries + entry];
      for (int unit = 0; unit < units; unit++) out[(long)row * units + unit] += value * kernel[(long)entry * units + unit];
    }
}
`,
  },
  dense_sparse: {
    needs: ['start', 'next'],
    source: `static void dense_sparse(const float *in, float *out, const float *values, long count, const unsigned char *where, next_t next, int rows, int entries, int units) {
  long at = -1;
  for (long n = 0; n < count; n++) {
    at = next(&where, at);
    for (int row = 0; row < rows; row++) out[(long)row * units + at % units] += in[(long)row * entries + at / units] * values[n];
  }
}
`,
  },
  pool_max: {
    needs: ['window'],
    source: `static void pool_max(const float *in, float *out, const window_t *w) {
${slide(
  `          for (int channel = 0; channel < w->channels; channel++) {
            const float value = in[from * w->channels + channel];
            if (first || value > out[to * w->channels + channel]) out[to * w->channels + channel] = value;
          }
          first = 0;
`,
  '      int first = 1;\n',
)}}
`,
  },
  pool_average: {
    needs: ['window'],
    source: `static void pool_average(const float *in, float *out, const window_t *w) {
${slide(
  `          for (int channel = 0; channel < w->channels; channel++) out[to * w->channels + channel] += in[from * w->channels + channel];
          count++;
`,
  '      int count = 0;\n      for (int channel = 0; channel < w->channels; channel++) out[to * w->channels + channel] = 0.0f;\n',
  '      for (int channel = 0; channel < w->channels; channel++) out[to * w->channels + channel] /= (float)count;\n',
)}}
`,
  },
};
