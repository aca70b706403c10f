// The formats that a network can be written in: what each is called, and how its path ends.
import type { ExportFormat } from './nouns.ts';

export interface FormatFacts {
  readonly title: string;
  /** The ending of its one file; null where it is a folder. */
  readonly ending: string | null;
  /** One sentence for whoever chooses. */
  readonly hint: string;
}

export const exportFormats: Readonly<Record<ExportFormat, FormatFacts>> = {
  keras: {
    title: 'Keras',
    ending: '.keras',
    hint: 'One .keras file, for Keras 3 and TensorFlow. float32: zeros are written out, so pruned weights only make it smaller once it is zipped or compacted.',
  },
  h5: { title: 'HDF5', ending: '.h5', hint: 'One .h5 file with topology and weights, for Keras 2 and tools that read it.' },
  onnx: {
    title: 'ONNX',
    ending: '.onnx',
    hint: 'One .onnx file, opset 17, for ONNX Runtime and most inference engines. The batch axis is free; images keep their channels last.',
  },
  tfjs: { title: 'TensorFlow.js', ending: null, hint: 'A folder with model.json and its weights, for the browser and Node.' },
};

/** The format whose one file ends so. */
export function formatOfEnding(ending: string): ExportFormat | undefined {
  const formats = Object.keys(exportFormats) as ExportFormat[];
  return formats.find((format) => exportFormats[format].ending === ending.toLowerCase());
}

/** "keras (.keras), …, tfjs (a folder)" */
export function availableFormats(): string {
  return Object.entries(exportFormats)
    .map(([format, { ending }]) => `${format} (${ending ?? 'a folder'})`)
    .join(', ');
}
