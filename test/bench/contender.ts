// One side of a race: a process that warms up once and then times a round whenever it is asked, a line of JSON each.
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { availableParallelism } from 'node:os';
import { engineEnvironment } from '#main/supervisor/engine-environment.ts';

export const threads = availableParallelism();

/** What a contender says: `seconds` of each round, and figures of its own. */
export type Words = Readonly<Record<string, unknown>>;

export interface Contender {
  readonly name: string;
  /** Said once it is warm: versions, and how it chose to run. */
  readonly about: Words;
  /** Times one round. */
  round(): Promise<Words & { readonly seconds: number }>;
  /** Ends its process. */
  leave(): Promise<void>;
}

const here = import.meta.dirname;

/** A peer in test/bench/peers, under `python`. */
export function pythonContender(name: string, python: string, script: string, task: unknown): Promise<Contender> {
  return start(name, python, [resolve(here, 'peers', script), JSON.stringify(task)], {
    TF_CPP_MIN_LOG_LEVEL: '3',
    PYTHONWARNINGS: 'ignore',
    CUDA_VISIBLE_DEVICES: '',
    PYTHONDONTWRITEBYTECODE: '1',
  });
}

/** Espalier, or tfjs, under this Node, with the environment that the studio gives its engines. */
export function nodeContender(name: string, script: string, task: unknown): Promise<Contender> {
  return start(name, process.execPath, [resolve(here, script), JSON.stringify(task)], {
    ...engineEnvironment(threads),
    NODE_NO_WARNINGS: '1',
  });
}

async function start(name: string, command: string, args: readonly string[], environment: Record<string, string>): Promise<Contender> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...environment } });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log = (log + text).slice(-4000);
  });
  const ended = new Promise<number | null>((done) => {
    child.on('error', () => done(null)).on('close', done);
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const hear = async (): Promise<Words> => {
    for (;;) {
      const { done, value } = await lines.next();
      if (done === true) throw new Error(`${name} ended with ${await ended}:\n${log}`);
      // Libraries print things of their own there too.
      if (value.startsWith('{')) return JSON.parse(value) as Words;
    }
  };
  return {
    name,
    about: await hear(),
    async round() {
      child.stdin.write('round\n');
      const words = await hear();
      if (typeof words['seconds'] !== 'number') throw new Error(`${name} said ${JSON.stringify(words)}`);
      return { ...words, seconds: words['seconds'] };
    },
    async leave() {
      child.stdin.end();
      await ended;
    },
  };
}
