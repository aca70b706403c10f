// Reads a whole tensor file, checked to its last byte.
import type { Json, NamedTensor } from '#network/model-artifact.ts';
import type { TensorFileKind } from './layout.ts';
import { openTensorFile } from './open-tensor-file.ts';

export interface TensorFile {
  readonly kind: TensorFileKind;
  readonly content: Json;
  readonly tensors: readonly NamedTensor[];
}

/** @throws StudioError `not-found`, `disk-error`, or `damaged-file` where bounds or the sha256 trailer are wrong. */
export function readTensorFile(path: string): TensorFile {
  const file = openTensorFile(path);
  try {
    file.verify();
    return { kind: file.kind, content: file.content, tensors: file.entries.map(({ name }) => file.read(name)) };
  } finally {
    file.close();
  }
}
