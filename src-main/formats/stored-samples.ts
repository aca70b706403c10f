// The samples of one split as they are stored: in memory where they are few, else fetched from the file batch by batch.
import { StudioError } from '#contract/errors.ts';
import type { NamedTensor, TensorData, TensorDtype } from '#network/model-artifact.ts';
import type { Labels } from './data/labels.ts';
import { elements, itemBytes, typedArray } from './tensor-file/layout.ts';
import type { OpenTensorFile } from './tensor-file/open-tensor-file.ts';

export interface Fetched {
  readonly data: TensorData;
  /** Where in `data` the i-th of the samples asked for begins. */
  start(i: number): number;
}

export interface StoredSamples {
  readonly samples: number;
  /** Of all samples: a class each, or as many numbers each. */
  readonly labels: Labels;
  readonly dtype: TensorDtype;
  /** Samples `order[from]` … `order[to − 1]`, or `from` … `to − 1` where there is no order. Valid until the next call. */
  fetch(from: number, to: number, order?: ArrayLike<number>): Fetched;
}

export function samplesInMemory({ inputs, labels }: { readonly inputs: NamedTensor; readonly labels: Labels }): StoredSamples {
  const { data, dtype, shape } = inputs;
  const size = elements(shape.slice(1));
  return {
    samples: shape[0] ?? 0,
    labels,
    dtype,
    fetch: (from, _to, order) => ({ data, start: (i) => (order === undefined ? from + i : order[from + i]!) * size }),
  };
}

/** Samples in their own order are one read; shuffled ones a read each, from the page cache while it holds them. */
export function samplesInFile(file: OpenTensorFile, name: string, labels: Labels): StoredSamples {
  const entry = file.entries.find((each) => each.name === name);
  if (entry === undefined) throw new StudioError('damaged-file', `The dataset holds no tensor named ${name}.`);
  const { dtype, shape } = entry;
  const size = elements(shape.slice(1));
  const rowBytes = size * itemBytes[dtype];
  let buffer = new Uint8Array(0);
  return {
    samples: shape[0] ?? 0,
    labels,
    dtype,
    fetch(from, to, order) {
      const count = to - from;
      if (buffer.byteLength < count * rowBytes) buffer = new Uint8Array(count * rowBytes);
      for (let i = 0; i < count;) {
        const first = order === undefined ? from + i : order[from + i]!;
        let run = 1;
        if (order === undefined) run = count;
        else while (i + run < count && order[from + i + run] === first + run) run++;
        file.fillRows(name, first, buffer.subarray(i * rowBytes, (i + run) * rowBytes));
        i += run;
      }
      return { data: typedArray(dtype, buffer, count * size), start: (i) => i * size };
    },
  };
}
