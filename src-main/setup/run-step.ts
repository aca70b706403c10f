// Runs one outside command of the set-up; where it fails, the error names the step and what to install.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { StudioError } from '#contract/errors.ts';

const run = promisify(execFile);

/** @throws StudioError `engine-unavailable`: `step` failed, with the command's last words and `remedy` */
export async function runStep(step: string, remedy: string, command: string, args: readonly string[]): Promise<void> {
  try {
    await run(command, args, { maxBuffer: 64 * 1024 * 1024 });
  } catch (thrown) {
    throw new StudioError('engine-unavailable', `${step[0]!.toUpperCase()}${step.slice(1)} failed: ${lastWords(thrown, command)}`, {
      whatToDo: remedy,
      cause: thrown,
    });
  }
}

function lastWords(thrown: unknown, command: string): string {
  if (!(thrown instanceof Error)) return String(thrown);
  if ('code' in thrown && thrown.code === 'ENOENT') return `"${command}" isn't installed.`;
  const words = 'stderr' in thrown ? String(thrown.stderr).trim().split('\n').at(-1) : '';
  return words ? `${words}.`.replace(/\.\.$/, '.') : `${thrown.message.split('\n')[0]}.`;
}
