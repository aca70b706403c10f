// Opens a tensor file by its header alone; tensors, or rows of them, are read one at a time.
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { StudioError } from '#contract/errors.ts';
import type { Json, NamedTensor } from '#network/model-artifact.ts';
import {
  align,
  elements,
  Header,
  itemBytes,
  magic,
  maxHeaderBytes,
  prefixBytes,
  trailerBytes,
  typedArray,
  version,
  type TensorEntry,
  type TensorFileKind,
} from './layout.ts';

/** One read call never asks for more: Linux itself stops at 2 GiB. */
const piece = 256 * 1024 * 1024;

export interface OpenTensorFile {
  readonly kind: TensorFileKind;
  readonly content: Json;
  readonly entries: readonly TensorEntry[];
  has(name: string): boolean;
  /** @throws StudioError `damaged-file` where there is no such tensor. */
  read(name: string): NamedTensor;
  /** Rows `from` up to but without `to` of the first axis. */
  readRows(name: string, from: number, to: number): NamedTensor;
  /** Fills `target` with the bytes of the rows from `row` on: for a loop that makes no new memory. */
  fillRows(name: string, row: number, target: Uint8Array): void;
  /** Reads the whole file once and compares its sha256 with the trailer. @throws StudioError `damaged-file`. */
  verify(): void;
  /** The same in steps of eight megabytes, for who must answer others in between. */
  verifyInSteps(): Iterable<void>;
  close(): void;
}

/** @throws StudioError `not-found`, `disk-error`, `damaged-file`. The trailer isn't checked until `verify`. */
export function openTensorFile(path: string): OpenTensorFile {
  const file = open(path);
  try {
    return fileAt(path, file);
  } catch (thrown) {
    closeSync(file);
    throw thrown;
  }
}

function open(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (cause) {
    const absent = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    throw new StudioError(absent ? 'not-found' : 'disk-error', absent ? 'There is no such file.' : "The file can't be opened.", {
      where: path,
      cause,
    });
  }
}

function fileAt(path: string, file: number): OpenTensorFile {
  const damaged = (what: string) =>
    new StudioError('damaged-file', what, { where: path, whatToDo: 'Restore it from a backup, or make it again.' });
  const { size } = fstatSync(file);
  if (size < prefixBytes + trailerBytes) throw damaged(`It is only ${size} bytes long: it was cut short.`);
  const prefix = Buffer.from(bytesAt(path, file, 0, prefixBytes).buffer);
  if (prefix.toString('latin1', 0, 8) !== magic) throw damaged('It does not begin as an Espalier file does.');
  if (prefix.readUInt32LE(8) !== version) {
    throw new StudioError('unsupported', `It is of version ${prefix.readUInt32LE(8)}; this studio reads version ${version}.`, {
      where: path,
      whatToDo: 'Update Espalier.',
    });
  }
  const headerBytes = prefix.readUInt32LE(12);
  if (headerBytes > maxHeaderBytes || prefixBytes + headerBytes > size - trailerBytes) throw damaged('Its header is longer than the file.');
  const header = parseHeader(bytesAt(path, file, prefixBytes, headerBytes));
  if (header === undefined) throw damaged("Its header can't be read.");
  const dataStart = align(prefixBytes + headerBytes);
  const end = header.tensors.reduce((last, { offset, bytes }) => Math.max(last, dataStart + offset + bytes), dataStart);
  if (end + trailerBytes !== size) throw damaged(`It should be ${end + trailerBytes} bytes long, but it has ${size}.`);
  const byName = new Map(header.tensors.map((entry) => [entry.name, entry]));
  if (byName.size !== header.tensors.length) throw damaged('Two of its tensors have one name.');
  for (const { name, dtype, shape, offset, bytes } of header.tensors) {
    if (elements(shape) * itemBytes[dtype] !== bytes || align(offset) !== offset)
      throw damaged(`Tensor ${name} contradicts its own shape.`);
  }
  const entryOf = (name: string): TensorEntry => {
    const entry = byName.get(name);
    if (entry === undefined) throw damaged(`It holds no tensor named ${name}.`);
    return entry;
  };
  const readRows = (name: string, from: number, to: number): NamedTensor => {
    const { dtype, shape, offset, bytes } = entryOf(name);
    const rows = shape[0] ?? 1;
    if (!Number.isInteger(from) || !Number.isInteger(to) || from < 0 || to < from || to > rows) {
      throw new StudioError('bad-input', `Rows ${from} to ${to} of ${name} were asked for; it has ${rows}.`, { where: path });
    }
    const rowBytes = rows === 0 ? 0 : bytes / rows;
    const data = typedArray(
      dtype,
      bytesAt(path, file, dataStart + offset + from * rowBytes, (to - from) * rowBytes),
      ((to - from) * rowBytes) / itemBytes[dtype],
    );
    return { name, dtype, shape: shape.length === 0 ? [] : [to - from, ...shape.slice(1)], data };
  };
  return {
    kind: header.kind,
    content: header.content,
    entries: header.tensors,
    has: (name) => byName.has(name),
    read: (name) => readRows(name, 0, byName.get(name)?.shape[0] ?? 1),
    readRows,
    fillRows(name, row, target) {
      const { shape, offset, bytes } = entryOf(name);
      const start = row * (bytes / (shape[0] ?? 1));
      if (!(start >= 0 && start + target.byteLength <= bytes))
        throw new StudioError('bad-input', `${target.byteLength} bytes from row ${row} on of ${name} were asked for.`, { where: path });
      fill(path, file, dataStart + offset + start, target);
    },
    verify() {
      for (const _ of this.verifyInSteps());
    },
    *verifyInSteps() {
      const hash = createHash('sha256');
      const hashed = size - trailerBytes;
      for (let start = 0; start < hashed; start += 8 * 1024 * 1024) {
        hash.update(bytesAt(path, file, start, Math.min(8 * 1024 * 1024, hashed - start)));
        yield;
      }
      if (!hash.digest().equals(bytesAt(path, file, hashed, trailerBytes)))
        throw damaged('Its bytes are not those that were written (sha256 differs).');
    },
    close: () => closeSync(file),
  };
}

function bytesAt(path: string, file: number, start: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  fill(path, file, start, bytes);
  return bytes;
}

function fill(path: string, file: number, start: number, target: Uint8Array): void {
  for (let done = 0; done < target.byteLength;) {
    const got = readSync(file, target, done, Math.min(piece, target.byteLength - done), start + done);
    if (got === 0) throw new StudioError('damaged-file', 'It ended while it was being read.', { where: path });
    done += got;
  }
}

function parseHeader(bytes: Uint8Array): Header | undefined {
  try {
    return Header.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
  } catch {
    return undefined;
  }
}
