// What lies in a folder from outside: regular files alone, by their paths in it; a link, a pipe or a device anywhere refuses the whole.
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { refusal } from '../refusal.ts';

const limits = { files: 1_000_000, depth: 8 };

/** Paths with `/`, in alphabetical order; hidden files are left aside. `empty` hears of folders without anything in them. @throws StudioError `unsafe-file`, `over-limit`, `disk-error`. */
export function walkFolder(folder: string, empty: (path: string) => void = () => undefined): string[] {
  const found: string[] = [];
  const visit = (below: string, depth: number): void => {
    const entries = readdirSync(join(folder, below), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
    if (entries.length === 0 && below !== '') empty(below);
    for (const entry of entries) {
      if (entry.name.startsWith('.') || entry.name === '__MACOSX' || entry.name === 'Thumbs.db') continue;
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      const place = { file: basename(folder), member: path };
      if (entry.isSymbolicLink()) throw refusal('unsafe-file', place, 'It is a link, which is never followed.');
      if (entry.isDirectory()) {
        if (depth >= limits.depth) throw refusal('over-limit', place, `It lies more than ${limits.depth} folders deep.`);
        visit(path, depth + 1);
      } else if (!entry.isFile()) throw refusal('unsafe-file', place, 'It is no regular file.');
      else if (found.push(path) > limits.files)
        throw refusal('over-limit', { file: basename(folder) }, `It holds more than ${limits.files} files.`);
    }
  };
  visit('', 0);
  return found;
}
