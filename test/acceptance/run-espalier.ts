// Runs the `espalier` command as a user does, in a home of its own, and reads what it printed.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const launcher = resolve(import.meta.dirname, '../../src-main/espalier.mjs');

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Bench {
  readonly folder: string;
  run(...args: string[]): Promise<Ran>;
  /** Runs with `--json` and parses the one document; a failure throws with what the command said. */
  json<T>(...args: string[]): Promise<T>;
  remove(): void;
}

export function newBench(): Bench {
  const folder = mkdtempSync(join(tmpdir(), 'espalier-acceptance-'));
  async function run(...args: string[]): Promise<Ran> {
    const child = spawn(process.execPath, [launcher, ...args], {
      cwd: folder,
      env: { ...process.env, ESPALIER_HOME: join(folder, 'home') },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '',
      stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const code = await new Promise<number | null>((done) => child.on('close', done));
    return { code, stdout, stderr };
  }
  return {
    folder,
    run,
    async json<T>(...args: string[]): Promise<T> {
      const ran = await run(...args, '--json');
      if (ran.code !== 0) throw new Error(`espalier ${args.join(' ')} ended with ${ran.code}: ${ran.stderr.slice(-2000)}`);
      return JSON.parse(ran.stdout) as T;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
