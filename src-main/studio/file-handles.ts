// Names that a page may use for files of this machine: the user chose each in a dialog or uploaded it; paths never reach the page.
import { randomUUID } from 'node:crypto';
import { StudioError } from '#contract/errors.ts';

export interface FileHandles {
  /** Returns `file-…`, which means this path until the studio ends. */
  register(path: string): string;
  /** The path behind a handle; what is no handle comes back as it is. @throws StudioError not-found for a handle of another session */
  resolve(pathOrHandle: string): string;
}

export function createFileHandles(): FileHandles {
  const paths = new Map<string, string>();
  return {
    register(path) {
      const handle = `file-${randomUUID()}`;
      paths.set(handle, path);
      return handle;
    },
    resolve(pathOrHandle) {
      const path = paths.get(pathOrHandle) ?? pathOrHandle;
      if (isHandle(path))
        throw new StudioError('not-found', 'This file was chosen in an earlier session.', { whatToDo: 'Choose the file again.' });
      return path;
    },
  };
}

export function isHandle(text: string): boolean {
  return /^file-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}
