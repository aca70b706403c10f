// Arrays of images with their channels first, as PyTorch and ONNX keep them, turned so that the channels come last, as networks here take them.
import type { DataOptions } from '#contract/data-options.ts';
import { refusal } from '../refusal.ts';
import type { Rows } from './rows.ts';
import type { SourceDataset, SourcePart } from './source-dataset.ts';

/** Worked example: a sample [[[1, 2]], [[3, 4]], [[5, 6]]] of 3 × 1 × 2 becomes [[[1, 3, 5], [2, 4, 6]]] of 1 × 2 × 3. */
export function withChannelsLast(source: SourceDataset, { axes }: Pick<DataOptions, 'axes'>): SourceDataset {
  const parts = Object.entries(source.parts);
  const turned = parts.map(([, { rows }]) => axes === 'channels-first' || (axes === undefined && looksChannelsFirst(rows)));
  if (!turned.some(Boolean)) return source;
  const [, first] = parts[0]!;
  if (axes === 'channels-first' && first.rows.shape.length !== 3)
    throw refusal(
      'bad-input',
      first.place,
      `Only images have channels first; these samples are ${first.rows.shape.join(' × ')}.`,
      'Leave --axes out.',
    );
  const told = `The images are ${first.rows.shape.join(' × ')}: their channels come first and are put last, as networks take them here (--axes as-is keeps them).`;
  return {
    ...source,
    parts: Object.fromEntries(
      parts.map(([name, part], at): [string, SourcePart] => [name, turned[at] === true ? { ...part, rows: turnedRows(part.rows) } : part]),
    ),
    warnings: axes === undefined && first.rows.shape[0] !== 1 ? [...source.warnings, told] : source.warnings,
  };
}

/** One or three planes of at least 5 × 5; a last axis of 1, 3 or 4 might be the channels themselves. */
function looksChannelsFirst({ shape }: Rows): boolean {
  const [channels, height, width] = shape;
  return shape.length === 3 && (channels === 1 || channels === 3) && height! >= 5 && width! >= 5;
}

function turnedRows(rows: Rows): Rows {
  const [channels, height, width] = [rows.shape[0]!, rows.shape[1]!, rows.shape[2]!];
  const plane = height * width;
  return {
    ...rows,
    shape: [height, width, channels],
    read(from, to) {
      const data = rows.read(from, to);
      if (channels === 1) return data;
      const result = data.slice();
      for (let start = 0; start < data.length; start += plane * channels)
        for (let channel = 0; channel < channels; channel++)
          for (let at = start + channel * plane, into = start + channel, end = at + plane; at < end; at++, into += channels)
            result[into] = data[at]!;
      return result;
    },
  };
}
