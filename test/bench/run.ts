// `npm run bench`: every benchmark, or those named: `npm run bench -- training masks`.
import { describeProblem, StudioError } from '#contract/errors.ts';
import { ensureNativeTensorflow } from '#main/setup/native-tensorflow.ts';

const benchmarks: Record<string, () => Promise<{ readonly bench: (names: readonly string[]) => Promise<void> }>> = {
  start: () => import('./start.ts'),
  masks: () => import('./masks.ts'),
  evaluation: () => import('./evaluation.ts'),
  training: () => import('./training.ts'),
  surgery: () => import('./surgery.ts'),
  size: () => import('./size.ts'),
  formats: () => import('./formats.ts'),
  tfmot: () => import('./tfmot.ts'),
  papers: () => import('./papers.ts'),
  data: () => import('./data-memory.ts'),
  profile: () => import('./profile.ts'),
};

/** `training mnist-cnn` runs one part of a benchmark. */
const [first, ...rest] = process.argv.slice(2);
const single = first === undefined ? undefined : benchmarks[first];
if (first !== undefined && single === undefined) {
  console.error(`There is no benchmark "${first}"; there are ${Object.keys(benchmarks).join(', ')}.`);
  process.exit(2);
}
try {
  await ensureNativeTensorflow((line) => console.error(line));
  for (const load of single === undefined ? Object.values(benchmarks) : [single]) await (await load()).bench(rest);
} catch (thrown) {
  console.error(thrown instanceof StudioError ? describeProblem(thrown.toProblem()) : thrown);
  process.exitCode = 1;
}
