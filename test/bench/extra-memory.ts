// By how much a piece of work makes this process grow at most.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** Bytes of resident memory above what there was before, at the peak; null where the system doesn't tell (anywhere but on Linux). */
export function extraMemory<T>(work: () => T): { readonly result: T; readonly seconds: number; readonly extra: number | null } {
  const before = resident('VmRSS');
  // Sets the peak back to what is resident now.
  if (before !== null) writeFileSync('/proc/self/clear_refs', '5');
  const began = performance.now();
  const result = work();
  const seconds = (performance.now() - began) / 1000;
  const peak = resident('VmHWM');
  return { result, seconds, extra: before === null || peak === null ? null : Math.max(0, peak - before) };
}

function resident(key: 'VmRSS' | 'VmHWM'): number | null {
  if (!existsSync('/proc/self/status')) return null;
  const line = readFileSync('/proc/self/status', 'utf8')
    .split('\n')
    .find((one) => one.startsWith(key));
  return line === undefined ? null : Number(line.split(/\s+/)[1]) * 1024;
}
