// Writes a tensor file, durably and with the same bytes for the same content.
import { createHash } from 'node:crypto';
import type { StagedArtifact } from '#contract/engine-messages.ts';
import { StudioError } from '#contract/errors.ts';
import type { NamedTensor } from '#network/model-artifact.ts';
import { writeFileDurably } from '../durable-write.ts';
import {
  align,
  bytesOf,
  canonicalJson,
  elements,
  entriesOf,
  itemBytes,
  magic,
  maxHeaderBytes,
  prefixBytes,
  version,
  type TensorFileKind,
} from './layout.ts';

export interface TensorFileContent {
  readonly kind: TensorFileKind;
  /** Anything JSON can hold, finite numbers only. */
  readonly content: unknown;
  readonly tensors: readonly NamedTensor[];
}

/**
 * @returns the path, the sha256 of the whole file and its size in bytes.
 * @throws StudioError `bad-input` where a tensor contradicts its shape or two have one name; `disk-full`, `disk-error`.
 */
export function writeTensorFile(path: string, file: TensorFileContent): StagedArtifact {
  return writeFileDurably(path, tensorFileChunks(file, path));
}

/** The file as chunks in order; the tensors among them are views, not copies. */
export function tensorFileChunks({ kind, content, tensors }: TensorFileContent, path: string): Uint8Array[] {
  checkTensors(tensors, path);
  const entries = entriesOf(tensors);
  const header = Buffer.from(canonicalJson({ kind, content: content ?? null, tensors: entries }));
  if (header.byteLength > maxHeaderBytes) {
    throw new StudioError(
      'over-limit',
      `The description of this ${kind} takes ${header.byteLength} bytes; at most ${maxHeaderBytes} are allowed.`,
      { where: path },
    );
  }
  const prefix = Buffer.alloc(prefixBytes);
  prefix.write(magic, 'latin1');
  prefix.writeUInt32LE(version, 8);
  prefix.writeUInt32LE(header.byteLength, 12);
  const dataStart = align(prefixBytes + header.byteLength);
  const chunks: Uint8Array[] = [prefix, header, new Uint8Array(dataStart - prefixBytes - header.byteLength)];
  let end = 0;
  entries.forEach(({ offset, bytes }, index) => {
    chunks.push(new Uint8Array(offset - end), bytesOf(tensors[index]!.data));
    end = offset + bytes;
  });
  const hash = createHash('sha256');
  for (const chunk of chunks) hash.update(chunk);
  return [...chunks, hash.digest()];
}

function checkTensors(tensors: readonly NamedTensor[], path: string): void {
  const names = new Set<string>();
  for (const { name, dtype, shape, data } of tensors) {
    const arrays = { float32: Float32Array, int32: Int32Array, uint8: Uint8Array };
    const fits = shape.every((size) => Number.isInteger(size) && size >= 0) && elements(shape) * itemBytes[dtype] === data.byteLength;
    if (!fits || !(data instanceof arrays[dtype])) {
      throw new StudioError(
        'bad-input',
        `Tensor ${name} is said to be ${dtype} of shape [${shape.join(', ')}], but its data hold ${data.length} numbers.`,
        { where: path },
      );
    }
    if (names.has(name)) throw new StudioError('bad-input', `Two tensors are named ${name}.`, { where: path });
    names.add(name);
  }
}
