// The formats that a network can be written in: what each is called, how its path ends, and how it can hold the weights.
import type { ExportFormat, ExportWeights } from './nouns.ts';

export interface FormatFacts {
  readonly title: string;
  /** The ending of its one file; null where it is a folder. */
  readonly ending: string | null;
  readonly weights: readonly ExportWeights[];
  /** One sentence for whoever chooses. */
  readonly hint: string;
}

export const exportFormats: Readonly<Record<ExportFormat, FormatFacts>> = {
  keras: {
    title: 'Keras',
    ending: '.keras',
    weights: ['float32'],
    hint: 'One .keras file, for Keras 3 and TensorFlow. Zeros are written out, so pruned weights only make it smaller once it is zipped or compacted.',
  },
  h5: {
    title: 'HDF5',
    ending: '.h5',
    weights: ['float32'],
    hint: 'One .h5 file with topology and weights, for Keras 2 and tools that read it.',
  },
  tfjs: {
    title: 'TensorFlow.js',
    ending: null,
    weights: ['float32', 'float16', 'uint8'],
    hint: 'A folder with model.json and its weights, for the browser and Node.',
  },
  savedmodel: {
    title: 'SavedModel',
    ending: null,
    weights: ['float32'],
    hint: 'A folder for TensorFlow and TensorFlow Serving, with one signature, serving_default, for any batch.',
  },
  onnx: {
    title: 'ONNX',
    ending: '.onnx',
    weights: ['float32'],
    hint: 'One .onnx file, opset 17, for ONNX Runtime and most inference engines. The batch axis is free; images keep their channels last.',
  },
  tflite: {
    title: 'TF Lite',
    ending: '.tflite',
    weights: ['float32', 'float16', 'int8'],
    hint: 'One .tflite file, for phones, single-board computers and, in int8, microcontrollers with TensorFlow Lite Micro.',
  },
  c: {
    title: 'C',
    ending: null,
    weights: ['float32'],
    hint: 'A folder with one header and one source in C99 that need no library: static memory, zeros left out where that is smaller, a self-check.',
  },
};

export const weightTitles: Readonly<Record<ExportWeights, string>> = {
  float32: 'float32',
  float16: 'float16 weights',
  uint8: 'uint8 weights',
  int8: 'int8 throughout',
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

/** Why the format can't hold such weights; undefined where it can. */
export function weightsRefusal(format: ExportFormat, weights: ExportWeights): string | undefined {
  const { weights: possible } = exportFormats[format];
  if (possible.includes(weights)) return undefined;
  return `The format ${format} holds weights as ${possible.join(', ')}, not as ${weights}.`;
}
