// Content-addressed files, `objects/ab/<sha256>`: written by a child process, moved here once, never changed.
import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { StagedArtifact } from '#contract/engine-messages.ts';
import { StudioError } from '#contract/errors.ts';
import { makeFolderDurably, syncFolder } from '#main/files/durable-write.ts';
import { diskProblem } from './disk-problem.ts';

export interface Artifacts {
  /** The staged file was fsynced by its writer; when this returns it is in its place for good.
   * @throws StudioError damaged-file, disk-full, disk-error */
  adopt(staged: StagedArtifact): void;
  /** Where the artifact is. @throws StudioError damaged-store where it is missing */
  pathOf(sha256: string): string;
  has(sha256: string): boolean;
  /** Removes objects that nothing refers to and that are older than the grace time; returns how many. */
  sweep(referenced: ReadonlySet<string>, graceMs: number, now: number): number;
}

export function openArtifacts(home: string): Artifacts {
  const root = join(home, 'objects');
  const place = (sha256: string): string => join(root, sha256.slice(0, 2), sha256);

  return {
    adopt({ path, sha256, bytes }) {
      const size = statSync(path, { throwIfNoEntry: false })?.size;
      if (size !== bytes) {
        throw new StudioError('damaged-file', `The finished file has ${size ?? 'no'} bytes where ${bytes} were announced.`, {
          where: path,
          whatToDo: 'Run the job again.',
        });
      }
      const target = place(sha256);
      try {
        if (existsSync(target) && statSync(target).size === bytes) {
          rmSync(path);
          // Its name may have been made by a process that died before the folder was fsynced.
          syncFolder(dirname(target));
          return;
        }
        makeFolderDurably(dirname(target));
        renameSync(path, target);
        syncFolder(dirname(target));
      } catch (error) {
        throw diskProblem(error, target);
      }
    },
    pathOf(sha256) {
      const path = place(sha256);
      if (existsSync(path)) return path;
      throw new StudioError('damaged-store', 'The weights of this variant or the samples of this dataset are missing from the home.', {
        where: path,
        whatToDo: 'Import or train it again; everything else in the project still works.',
      });
    },
    has: (sha256) => existsSync(place(sha256)),
    sweep(referenced, graceMs, now) {
      if (!existsSync(root)) return 0;
      const stale = readdirSync(root, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && !referenced.has(entry.name))
        .map((entry) => join(entry.parentPath, entry.name))
        .filter((path) => now - statSync(path).mtimeMs > graceMs);
      for (const path of stale) rmSync(path, { force: true });
      return stale.length;
    },
  };
}
