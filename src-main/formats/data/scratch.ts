// Files of our own in the staging folder, for what must be unpacked or decoded before it can be read by ranges.
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { sourceAt, type ByteSource } from '../containers/guarded-file.ts';
import { diskError } from '#main/files/disk-error.ts';
import type { Place } from '../refusal.ts';

const together = 1024 * 1024;

export interface ScratchFile {
  /** @throws StudioError `disk-full`, `disk-error`. */
  append(bytes: Uint8Array): void;
  /** What has been appended up to now. */
  source(): ByteSource;
}

export class Scratch {
  readonly #folder: string;
  readonly #open: { readonly path: string; readonly handle: number }[] = [];

  constructor(folder: string) {
    this.#folder = folder;
  }

  file(place: Place): ScratchFile {
    const path = join(this.#folder, `scratch-${randomUUID()}`);
    const handle = openSync(path, 'wx+', 0o600);
    this.#open.push({ path, handle });
    let written = 0;
    const write = (part: Uint8Array): void => {
      try {
        for (let done = 0; done < part.byteLength;) done += writeSync(handle, part, done, part.byteLength - done, written + done);
      } catch (thrown) {
        throw diskError(thrown, path, written + part.byteLength);
      }
      written += part.byteLength;
    };
    // Small pictures are written together.
    let [waiting, held]: [Buffer | undefined, number] = [undefined, 0];
    const flush = (): void => {
      if (waiting !== undefined && held > 0) write(waiting.subarray(0, held));
      held = 0;
    };
    return {
      append(part) {
        if (held + part.byteLength > together) flush();
        if (part.byteLength > together / 4) {
          flush();
          return write(part);
        }
        waiting ??= Buffer.allocUnsafe(together);
        waiting.set(part, held);
        held += part.byteLength;
      },
      source() {
        flush();
        return sourceAt(handle, written, place);
      },
    };
  }

  /** Removes them all. */
  close(): void {
    for (const { path, handle } of this.#open.splice(0)) {
      closeSync(handle);
      rmSync(path, { force: true });
    }
  }
}
