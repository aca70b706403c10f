// Ends a process that outgrows its memory. Node's own heap limit doesn't count typed arrays, which is what a tensor file becomes.
import { readFile } from 'node:fs/promises';

const pageBytes = 4096;

/** Reads /proc every 200 ms; where there is no /proc only the heap limit holds. */
export function watchMemory(pid: number | undefined, limitMb: number, onBreach: () => void): { stop(): void } {
  if (process.platform !== 'linux' || pid === undefined) return { stop: () => undefined };
  const timer = setInterval(() => {
    readFile(`/proc/${pid}/statm`, 'utf8').then(
      (statm) => {
        if (Number(statm.split(' ')[1]) * pageBytes > limitMb * 2 ** 20) onBreach();
      },
      () => undefined,
    );
  }, 200);
  return { stop: () => clearInterval(timer) };
}
