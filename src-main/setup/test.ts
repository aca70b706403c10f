// `npm test`: sets up what is missing, runs every suite but the long ones, and ends with one line of figures.
import { globSync } from 'node:fs';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { describeProblem, StudioError } from '#contract/errors.ts';
import { prepare } from './prepare.ts';
import { inProject, projectRoot } from './project-root.ts';

/** Suites with commands of their own: they take minutes, or another program to compare with. */
const long = ['test/interop', 'test/zoo', 'test/soak', 'test/bench', 'test/acceptance', 'test/packaging'];

/** `npm test -- server` and `npm test -- test/server/tokens.test.ts` run what lies there, long or not. */
const asked = process.argv.slice(2).map((part) => `test/${part.replace(/^(\.\/)?test\//, '')}`);
const every = globSync('test/**/*.test.ts', { cwd: projectRoot })
  .map((file) => file.replaceAll('\\', '/'))
  .sort();
const files =
  asked.length > 0
    ? every.filter((file) => asked.some((part) => file === part || file.startsWith(`${part.replace(/\/$/, '')}/`)))
    : every.filter((file) => !long.some((folder) => file.startsWith(`${folder}/`)));

// Asked by itself, the zoo takes all its models; among the other suites those that keep their time.
if (asked.join() === 'test/zoo') process.env['ESPALIER_ZOO_WHOLE'] = '1';

try {
  await prepare(['tensorflow', 'page', 'window', 'chromium']);
} catch (thrown) {
  process.stderr.write(`${describeProblem(StudioError.from(thrown).toProblem())}\n`);
  process.exit(1);
}

if (files.length === 0) {
  process.stderr.write('There are no tests there.\n');
  process.exit(1);
}

const stream = run({ files: files.map((file) => inProject(file)), concurrency: 2, cwd: projectRoot });
let counts = { passed: 0, failed: 1, skipped: 0, cancelled: 0 };
stream.on('test:summary', (summary) => {
  if (summary.file !== undefined) return;
  const { tests, passed, skipped, cancelled, todo } = summary.counts;
  counts = { passed, failed: tests - passed - skipped - cancelled - todo, skipped, cancelled };
  process.exitCode = summary.success ? 0 : 1;
});
stream.compose(new spec()).pipe(process.stdout);
process.exitCode = 1;
process.on('exit', () =>
  process.stdout.write(`${counts.passed} passed, ${counts.failed + counts.cancelled} failed, ${counts.skipped} skipped\n`),
);
