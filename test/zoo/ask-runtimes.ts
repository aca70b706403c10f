// Asks exported files in other programs' runtimes: one process a program, which starts while the first files are written.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { readAnswers, type Numbers } from './answers.ts';

export interface Case {
  readonly runtime: string;
  readonly file: string;
  /** .npz files: what is asked, and where the answers go. */
  readonly inputs: string;
  readonly answers: string;
}

interface Said {
  readonly fault?: string;
  readonly seconds: number;
}

export interface Runtimes {
  /** @throws Error in the runtime's own words where it does not take the file. */
  ask(asked: Case): Promise<readonly Numbers[]>;
  /** Seconds a runtime took for all that it was asked. */
  readonly seconds: ReadonlyMap<string, number>;
  end(): void;
}

/** Those that Python has, and TensorFlow.js without the layers that Espalier adds to it. */
export function startRuntimes(python: string): Runtimes {
  const [inPython, tfjs] = [start(python, 'replay.py'), start(process.execPath, 'answer-tfjs.ts')];
  return {
    ask: (asked) => (asked.runtime === 'tfjs' ? tfjs : inPython).ask(asked),
    get seconds() {
      return new Map([...inPython.seconds, ...tfjs.seconds]);
    },
    end() {
      inPython.end();
      tfjs.end();
    },
  };
}

function start(command: string, script: string): Runtimes {
  const child = spawn(command, [join(import.meta.dirname, script)], { stdio: ['pipe', 'pipe', 'ignore'] });
  const waiting: { readonly asked: Case; readonly done: (said: Said) => void }[] = [];
  const seconds = new Map<string, number>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (!line.startsWith('{"seconds"')) return;
    const said: Said = JSON.parse(line);
    const { asked, done } = waiting.shift()!;
    seconds.set(asked.runtime, (seconds.get(asked.runtime) ?? 0) + said.seconds);
    done(said);
  });
  child.on('exit', (code) => {
    for (const { done } of waiting.splice(0)) done({ fault: `${script} ended with ${code}`, seconds: 0 });
  });
  return {
    seconds,
    async ask(asked) {
      const said = await new Promise<Said>((done) => {
        waiting.push({ asked, done });
        child.stdin.write(`${JSON.stringify(asked)}\n`);
      });
      if (said.fault !== undefined) throw new Error(said.fault);
      return (await readAnswers(asked.answers)).answers;
    },
    end: () => child.stdin.end(),
  };
}
