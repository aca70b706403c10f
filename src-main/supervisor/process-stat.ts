// What Linux tells of a process in /proc/PID/stat; elsewhere nothing is known.
import { readFileSync } from 'node:fs';

/** Field 22, which no two processes with one number share. */
export function startTimeOf(pid: number): string | null {
  return fieldsOf(pid)?.[22 - FIRST] ?? null;
}

/** Fields 14 and 15: the processor's time so far, all threads together, in ticks of a hundredth of a second. */
export function cpuTicksOf(pid: number): number | null {
  const fields = fieldsOf(pid);
  return fields === null ? null : Number(fields[14 - FIRST]) + Number(fields[15 - FIRST]);
}

const FIRST = 3;

/** From the third on: the second is the name in parentheses and may itself hold spaces and parentheses. */
function fieldsOf(pid: number): string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}
