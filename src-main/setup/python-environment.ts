// A Python environment of its own for the tests that ask real Keras: made once, kept in the cache, keyed by what is in it.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from './cache-folder.ts';
import { runStep } from './run-step.ts';
import { whileLocked } from './set-up-lock.ts';

const REMEDY = 'Install Python 3 with venv and pip: apt-get install python3-venv python3-pip.';

/**
 * The path of a Python whose environment holds exactly the requirements of `requirementsFile`.
 * @throws StudioError `engine-unavailable`, naming the step that failed and what to install
 */
export async function ensurePython(requirementsFile: string, report: (line: string) => void): Promise<string> {
  const key = createHash('sha256').update(readFileSync(requirementsFile)).digest('hex').slice(0, 12);
  const folder = join(cacheFolder(), `python-${key}`);
  const python = join(folder, 'bin', 'python');
  const complete = join(folder, 'complete');
  if (existsSync(complete)) return python;
  mkdirSync(cacheFolder(), { recursive: true });
  // Several test files ask at once; the first one makes it, the others wait.
  await whileLocked(
    `${folder}.lock`,
    () => undefined,
    async () => {
      if (existsSync(complete)) return;
      report('Python with Keras and what else the tests compare with: installing (minutes, once)');
      rmSync(folder, { recursive: true, force: true });
      await runStep('making the Python environment', REMEDY, 'python3', ['-m', 'venv', folder]);
      const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirementsFile];
      await runStep('installing the Python packages', REMEDY, python, pip);
      mkdirSync(complete);
    },
  );
  return python;
}
