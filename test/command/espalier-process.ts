// Runs start-command.ts as a real process, as the launcher does.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  readonly seconds: number;
}

const entry = fileURLToPath(new URL('../../src-main/start-command.ts', import.meta.url));

/** `signalAfter`: sends SIGINT once standard error matches. */
export function espalier(argv: readonly string[], options: { cwd?: string; home?: string; signalAfter?: RegExp } = {}): Promise<Ended> {
  const begun = performance.now();
  const child = spawn(process.execPath, [entry, ...argv], {
    cwd: options.cwd ?? process.cwd(),
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...(options.home === undefined ? {} : { ESPALIER_HOME: options.home }) },
  });
  let [out, err, sent] = ['', '', false];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
    if (!sent && options.signalAfter?.test(err) === true) sent = child.kill('SIGINT');
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err, seconds: (performance.now() - begun) / 1000 })));
}
