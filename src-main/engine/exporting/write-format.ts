// Writes a network in a format, into a folder of the job's own: nothing stands at its place before it has been proven.
import { basename, extname, join } from 'node:path';
import type { ExportTarget } from '#contract/nouns.ts';
import { writeC, type TestVector } from '#formats/c-source/write-c.ts';
import { writeH5 } from '#formats/h5/write-h5.ts';
import { writeKeras } from '#formats/keras/write-keras.ts';
import type { Range } from '#formats/lowering/observe-ranges.ts';
import { writeOnnx } from '#formats/onnx/write/write-onnx.ts';
import { signatureOf, writeSavedModel } from '#formats/savedmodel/write-saved-model.ts';
import { writeTfjs } from '#formats/tfjs/write-tfjs.ts';
import { writeTflite } from '#formats/tflite/write-tflite.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';

export interface Written {
  /** Where the files lie, each at its path from here. */
  readonly folder: string;
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
  /** The file by which the whole is opened: the last to be put in its place. */
  readonly entry: string;
  /** Names of a SavedModel's inputs and outputs. */
  readonly signature?: { readonly inputs: readonly string[]; readonly outputs: readonly string[] };
}

export interface Facts {
  /** For int8: what each tensor went through on calibration data. */
  readonly ranges?: ReadonlyMap<string, Range> | undefined;
  /** For C's self-check. */
  readonly vectors?: readonly TestVector[] | undefined;
}

/** @throws StudioError `unsupported` naming the layer that the format can't hold, `over-limit`, `disk-full`, `disk-error` */
export async function writeFormat(artifact: ModelArtifact, target: ExportTarget, folder: string, facts: Facts): Promise<Written> {
  const { format, path, weights } = target;
  const file = join(folder, basename(path));
  const one = ({ path: entry, bytes }: { path: string; bytes: number }): Written => ({ folder, entry, files: [{ path: entry, bytes }] });
  switch (format) {
    case 'keras':
      return one(await writeKeras(file, artifact));
    case 'h5':
      return one(await writeH5(file, artifact));
    case 'onnx':
      return one(await writeOnnx(file, artifact));
    case 'tflite':
      return one(await writeTflite(file, artifact, { weights: weights === 'uint8' ? 'int8' : weights, ranges: facts.ranges }));
    case 'tfjs':
      return many(folder, writeTfjs(folder, artifact, weights === 'int8' ? 'uint8' : weights));
    case 'savedmodel':
      return { ...many(folder, writeSavedModel(folder, artifact)), signature: signatureOf(artifact) };
    case 'c':
      return many(folder, writeC(folder, artifact, { name: cName(path), vectors: facts.vectors }));
  }
}

/** `small/net.c` is called net; a folder's source after the network. */
function cName(path: string): string | undefined {
  return extname(path) === '.c' ? basename(path, '.c') : undefined;
}

function many(folder: string, files: readonly { readonly path: string; readonly bytes: number }[]): Written {
  return { folder, files, entry: files[0]!.path };
}
