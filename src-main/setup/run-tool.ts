// Runs one outside tool to its end; its first words on standard error are the error's reason when it fails.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { StudioError } from '#contract/errors.ts';
import { projectRoot } from './project-root.ts';

const run = promisify(execFile);

/** @throws StudioError `internal`: `what` failed, why, and `whatToDo` */
export async function runTool(what: string, command: string, args: readonly string[], whatToDo?: string): Promise<void> {
  try {
    await run(command, args, {
      cwd: projectRoot,
      maxBuffer: 64 * 2 ** 20,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', NO_COLOR: '1' },
    });
  } catch (thrown) {
    const said = thrown instanceof Error && 'stderr' in thrown ? String(thrown.stderr).trim() : '';
    const why =
      said === ''
        ? thrown instanceof Error
          ? thrown.message
          : String(thrown)
        : said
            .split('\n')
            .filter((line) => !/^\s+at /.test(line))
            .slice(0, 12)
            .join('\n');
    throw new StudioError('internal', `${what} failed: ${why}`, { whatToDo, cause: thrown });
  }
}
