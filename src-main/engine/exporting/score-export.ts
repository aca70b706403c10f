// What coarser numbers cost on data: the same test samples answered by the source and by the file.
import type { ExportAccuracy } from '#contract/measurement.ts';
import { largest } from './certify-export.ts';
import type { DataSamples } from './sample-inputs.ts';

/** Shares of right answers. */
export function scoreExport(
  { labels, head }: { readonly labels: Int32Array; readonly head: DataSamples['head'] },
  source: Float32Array,
  exported: Float32Array,
  calibratedOn: number | null,
): ExportAccuracy {
  const share = (answers: Float32Array): number => {
    const units = answers.length / labels.length;
    let right = 0;
    // One unit stands for two classes, by its probability or by its sign.
    labels.forEach((label, at) => {
      const decided = units === 1 ? Number(answers[at]! > (head === 'sigmoid' ? 0.5 : 0)) : largest(answers, at * units, units);
      if (decided === label) right++;
    });
    return labels.length === 0 ? 0 : right / labels.length;
  };
  return { samples: labels.length, source: share(source), exported: share(exported), calibratedOn };
}
