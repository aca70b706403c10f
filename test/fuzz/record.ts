// What the suites of hostile and mutated files found, in one JSON file: sections by suite, entries by name, each since it was last found otherwise.
import { mkdirSync, readFileSync, renameSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

interface Entry {
  readonly date: string;
  readonly node: string;
}

const folder = join(import.meta.dirname, 'results');
export const resultsFile = join(folder, 'imports.json');

export function record(section: string, name: string, found: object): void {
  mkdirSync(folder, { recursive: true });
  const lock = join(folder, '.lock');
  // Suites run side by side, and each writes in a moment.
  for (let tries = 0; ; tries++) {
    try {
      mkdirSync(lock);
      break;
    } catch (thrown) {
      if (tries > 200) throw thrown;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 25);
    }
  }
  try {
    const all = read();
    const { date: _date, node: _node, ...before } = all[section]?.[name] ?? { date: '', node: '' };
    if (isDeepStrictEqual(before, JSON.parse(JSON.stringify(found)))) return;
    all[section] = { ...all[section], [name]: { date: new Date().toISOString(), node: process.versions.node, ...found } };
    writeFileSync(`${resultsFile}.new`, `${JSON.stringify(all, null, 1)}\n`);
    renameSync(`${resultsFile}.new`, resultsFile);
  } finally {
    rmdirSync(lock);
  }
}

function read(): Record<string, Record<string, Entry>> {
  try {
    return JSON.parse(readFileSync(resultsFile, 'utf8')) as Record<string, Record<string, Entry>>;
  } catch {
    return {};
  }
}
