// Writes a tensor file, durably and with the same bytes for the same content.
import { createHash } from 'node:crypto';
import type { StagedArtifact } from '#contract/engine-messages.ts';
import { StudioError } from '#contract/errors.ts';
import type { NamedTensor, TensorData } from '#network/model-artifact.ts';
import { writeFileDurably } from '#main/files/durable-write.ts';
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
  trailerBytes,
  version,
  type TensorEntry,
  type TensorFileKind,
} from './layout.ts';

/** A tensor whose bytes are made piece by piece while the file is written: for sets larger than memory. */
export interface StreamedTensor extends Pick<NamedTensor, 'name' | 'dtype' | 'shape'> {
  readonly pieces: () => Iterable<TensorData>;
}

export interface TensorFileContent<T extends NamedTensor | StreamedTensor = NamedTensor> {
  readonly kind: TensorFileKind;
  /** Anything JSON can hold, finite numbers only. */
  readonly content: unknown;
  readonly tensors: readonly T[];
}
type AnyContent = TensorFileContent<NamedTensor | StreamedTensor>;

/**
 * @returns the path, the sha256 of the whole file and its size in bytes.
 * @throws StudioError `bad-input` where a tensor contradicts its shape or two have one name; `disk-full`, `disk-error`.
 */
export function writeTensorFile(path: string, { kind, content, tensors }: AnyContent): StagedArtifact {
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
  const dataStart = align(prefixBytes + header.byteLength);
  const last = entries.at(-1);
  const size = dataStart + (last === undefined ? 0 : last.offset + last.bytes) + trailerBytes;
  return writeFileDurably(path, withTrailer(fileChunks(header, dataStart, tensors, entries, path)), { expected: size });
}

/** The file as chunks in order, without its trailer; tensors in memory are views among them, not copies. */
function* fileChunks(
  header: Buffer,
  dataStart: number,
  tensors: AnyContent['tensors'],
  entries: readonly TensorEntry[],
  path: string,
): Iterable<Uint8Array> {
  const prefix = Buffer.alloc(prefixBytes);
  prefix.write(magic, 'latin1');
  prefix.writeUInt32LE(version, 8);
  prefix.writeUInt32LE(header.byteLength, 12);
  yield prefix;
  yield header;
  yield new Uint8Array(dataStart - prefixBytes - header.byteLength);
  let end = 0;
  for (const [index, tensor] of tensors.entries()) {
    const { offset, bytes } = entries[index]!;
    yield new Uint8Array(offset - end);
    end = offset + bytes;
    let given = 0;
    for (const piece of 'pieces' in tensor ? tensor.pieces() : [tensor.data]) {
      given += piece.byteLength;
      yield bytesOf(piece);
    }
    if (given !== bytes)
      throw new StudioError('internal', `Tensor ${tensor.name} came as ${given} bytes; its shape needs ${bytes}.`, { where: path });
  }
}

function* withTrailer(chunks: Iterable<Uint8Array>): Iterable<Uint8Array> {
  const hash = createHash('sha256');
  for (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
  yield hash.digest();
}

function checkTensors(tensors: AnyContent['tensors'], path: string): void {
  const names = new Set<string>();
  const arrays = { float32: Float32Array, int32: Int32Array, uint8: Uint8Array };
  for (const tensor of tensors) {
    const { name, dtype, shape } = tensor;
    const data = 'data' in tensor ? tensor.data : undefined;
    const whole = shape.every((size) => Number.isInteger(size) && size >= 0);
    const fits = data === undefined || (elements(shape) * itemBytes[dtype] === data.byteLength && data instanceof arrays[dtype]);
    if (!whole || !fits) {
      throw new StudioError(
        'bad-input',
        `Tensor ${name} is said to be ${dtype} of shape [${shape.join(', ')}], but its data hold ${data?.length ?? 'no'} numbers.`,
        { where: path },
      );
    }
    if (names.has(name)) throw new StudioError('bad-input', `Two tensors are named ${name}.`, { where: path });
    names.add(name);
  }
}
