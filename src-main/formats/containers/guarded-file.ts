// The one way to open a file that came from outside: no link is followed, nothing but a regular file is read, and it is read by ranges.
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { refusal, type Place } from '../refusal.ts';

/** Bytes of a file, in pieces of one's choice: from outside, or unpacked into a scratch file of ours. */
export interface ByteSource {
  readonly bytes: number;
  /** Fewer than asked only at the end. */
  read(start: number, length: number): Buffer;
}

export interface GuardedFile extends ByteSource {
  close(): void;
}

/** A name of a file right beside another: a folder, a drive, a URL or a way upwards is none. */
export function isPlainName(name: string): boolean {
  return name.length <= 255 && /^[\w.() -]+$/u.test(name) && !/^\.+$/.test(name);
}

/**
 * @param alone whether it may have no second name: a hard link would let a file from elsewhere in.
 * @throws StudioError `unsafe-file` for a link, a pipe or a device, `not-found`, `disk-error`.
 */
export function openGuarded(path: string, place: Place, { alone = false } = {}): GuardedFile {
  let handle: number;
  try {
    handle = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
    if (code === 'ELOOP') throw refusal('unsafe-file', place, 'It is a link, which is never followed.');
    if (code === 'ENXIO') throw refusal('unsafe-file', place, 'It is no regular file.');
    if (code === 'ENOENT') throw refusal('not-found', place, 'There is no such file.');
    throw refusal('disk-error', place, "It can't be opened.", 'Check your right to read it.', thrown);
  }
  const status = fstatSync(handle);
  if (!status.isFile()) {
    closeSync(handle);
    throw refusal('unsafe-file', place, 'It is no regular file.');
  }
  if (alone && status.nlink > 1) {
    closeSync(handle);
    throw refusal('unsafe-file', place, 'It is a file elsewhere too (a hard link).', 'Copy it.');
  }
  return { ...sourceAt(handle, status.size, place), close: () => closeSync(handle) };
}

/** @throws StudioError `disk-error` where the disk fails. */
export function sourceAt(handle: number, bytes: number, place: Place): ByteSource {
  return {
    bytes,
    read(start, length) {
      const wanted = Math.max(0, Math.min(length, bytes - start));
      const buffer = Buffer.allocUnsafe(wanted);
      let done = 0;
      try {
        for (let got = -1; done < wanted && got !== 0; done += got) got = readSync(handle, buffer, done, wanted - done, start + done);
      } catch (thrown) {
        throw refusal('disk-error', place, "The disk can't read it.", undefined, thrown);
      }
      return buffer.subarray(0, done);
    },
  };
}

export function sourceOf(bytes: Uint8Array): ByteSource {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { bytes: buffer.length, read: (start, length) => buffer.subarray(start, Math.min(buffer.length, start + length)) };
}
