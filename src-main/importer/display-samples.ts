// A few samples of a dataset's test split to look at, one of each class in turn, as bytes 0 to 255.
import type { ImporterResult } from '#contract/importer-messages.ts';
import { openDatasetFile } from '#formats/dataset-file.ts';

const shownValues = 12;

type Sample = Extract<ImporterResult, { kind: 'samples' }>['samples'][number];

/** Reads only the samples shown. uint8 stays as it is; other values go linearly from the dataset's range to 0–255. @throws StudioError. */
export function displaySamples(path: string, count: number): Sample[] {
  const dataset = openDatasetFile(path);
  try {
    const {
      classes,
      range: [low, high],
      counts,
    } = dataset.summary;
    // Labels take 4 bytes a sample, so all of them are read; inputs one by one.
    const labels = dataset.labels('test', 0, counts.test);
    const { targets } = dataset.summary;
    const order =
      labels instanceof Int32Array
        ? inTurns(labels, classes.length, count)
        : Array.from({ length: Math.min(count, counts.test) }, (_, at) => at);
    return order.map((index) => {
      const { inputs } = dataset.rows('test', index, index + 1);
      const span = high - low || 1;
      const bytes = inputs.dtype === 'uint8';
      // Bytes are shown as they are; other numbers have one scale for all of a sample.
      const fed = Array.from(inputs.data, (value) => value * [dataset.scale].flat()[0]! + [dataset.offset].flat()[0]!);
      const pixels = bytes
        ? Array.from(inputs.data)
        : fed.map((value) => Math.min(255, Math.max(0, Math.round(((value - low) / span) * 255))));
      const shape = inputs.shape.slice(1);
      const wanted = targets === undefined ? [] : Array.from(labels.subarray(index * targets.length, (index + 1) * targets.length));
      const label =
        targets === undefined
          ? (classes[labels[index]!] ?? String(labels[index]))
          : wanted.map((value) => Number(value.toPrecision(4))).join(', ');
      return shape.length === 1 ? { index, label, shape, pixels, values: fed.slice(0, shownValues) } : { index, label, shape, pixels };
    });
  } finally {
    dataset.close();
  }
}

/** Classes [0 0 1 2] and three samples → indices 0, 2, 3; then the second of each. */
function inTurns(labels: Int32Array, classes: number, count: number): number[] {
  const byClass = Array.from({ length: classes }, (): number[] => []);
  labels.forEach((label, index) => byClass[label]?.push(index));
  const chosen: number[] = [];
  for (let round = 0; chosen.length < Math.min(count, labels.length) && round < labels.length; round++) {
    for (const indices of byClass) if (indices[round] !== undefined && chosen.length < count) chosen.push(indices[round]!);
  }
  return chosen;
}
