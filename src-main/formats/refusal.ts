// One way to say no to a file: which file, which member, why, and what to do.
import { StudioError, type ErrorCode } from '#contract/errors.ts';

/** A file, and the part of it that is meant: a member of an archive, a path in an HDF5 file, a layer. */
export interface Place {
  readonly file: string;
  readonly member?: string | undefined;
  /** Bytes from the beginning of the file, or of the member. */
  readonly offset?: number | undefined;
}

const advice: Partial<Record<ErrorCode, string>> = {
  'damaged-file': 'Download or save it again; if it came from a training run, save the model once more.',
  'unsafe-file': 'Espalier never runs or follows what a file brings along; save the model again without it.',
  'over-limit': 'Make it smaller, or split it.',
  unsupported: 'Save it again in a plain form that Keras or NumPy writes by itself.',
  'wrong-shape': 'Check that inputs and labels belong together.',
  'wrong-labels': 'Number the classes from 0 on.',
  'disk-error': 'Check the disk, then try again.',
  'not-found': 'Check the path.',
  'not-a-model': 'Choose a .keras or .h5 file of Keras, an .onnx file, or the model.json of a TensorFlow.js layers model.',
  'not-a-dataset': 'Choose a CSV, an .npz or .npy, a folder of IDX files, or a folder with a folder of images for each class.',
};

export function refusal(
  code: ErrorCode,
  place: Place,
  reason: string,
  whatToDo: string | undefined = advice[code],
  cause?: unknown,
): StudioError {
  return new StudioError(code, reason, {
    where: place.member === undefined ? place.file : `${place.file} › ${printable(place.member)}`,
    source: {
      file: place.file,
      ...(place.member === undefined ? {} : { member: printable(place.member) }),
      ...(place.offset === undefined ? {} : { offset: place.offset }),
    },
    whatToDo,
    cause,
  });
}

/** Runs `action`; whatever it throws that is no StudioError becomes `damaged-file` with this reason. */
export async function orDamaged<T>(place: Place, reason: string, action: () => T | Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (thrown) {
    throw thrown instanceof StudioError ? thrown : refusal('damaged-file', place, reason, undefined, thrown);
  }
}

/** A name from a file, fit to be shown: short, and without control characters. */
export function printable(name: string): string {
  const clean = name.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '·');
  return clean.length > 120 ? `${clean.slice(0, 117)}…` : clean;
}
