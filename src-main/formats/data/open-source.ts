// What is open while a dataset is read: files from outside and scratch files of ours, all closed together at the end.
import type { GuardedFile } from '../containers/guarded-file.ts';
import { Scratch } from './scratch.ts';

export class Opened {
  readonly scratch: Scratch;
  readonly #files: GuardedFile[] = [];

  /** `folder`: where scratch files may be written, and nothing else. */
  constructor(folder: string) {
    this.scratch = new Scratch(folder);
  }

  keep(file: GuardedFile): GuardedFile {
    this.#files.push(file);
    return file;
  }

  close(): void {
    for (const file of this.#files.splice(0)) file.close();
    this.scratch.close();
  }
}
