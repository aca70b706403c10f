// A Python environment of its own for the tests that ask real Keras: made once, kept in the cache, keyed by what is in it.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from './cache-folder.ts';
import { runStep } from './run-step.ts';

const REMEDY = 'Install Python 3 with venv and pip: apt-get install python3-venv python3-pip.';

/**
 * The path of a Python whose environment holds exactly the requirements of `requirementsFile`.
 * @throws StudioError `engine-unavailable`, naming the step that failed and what to install
 */
export async function ensurePython(requirementsFile: string, report: (line: string) => void): Promise<string> {
  const key = createHash('sha256').update(readFileSync(requirementsFile)).digest('hex').slice(0, 12);
  const folder = join(cacheFolder(), `python-${key}`);
  const python = join(folder, 'bin', 'python');
  if (existsSync(join(folder, 'complete'))) return python;
  report('Python with Keras and what else the tests compare with: installing (minutes, once)');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(cacheFolder(), { recursive: true });
  await runStep('making the Python environment', REMEDY, 'python3', ['-m', 'venv', folder]);
  await runStep('installing the Python packages', REMEDY, python, [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '-r',
    requirementsFile,
  ]);
  mkdirSync(join(folder, 'marking'), { recursive: true });
  renameSync(join(folder, 'marking'), join(folder, 'complete'));
  return python;
}
