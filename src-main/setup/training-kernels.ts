// Compiles Espalier's own TensorFlow kernels against the library that the addon uses, once for each state of their sources.
import { existsSync, mkdirSync, readdirSync, readlinkSync, realpathSync, renameSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { StudioError } from '#contract/errors.ts';
import { cacheFolder } from './cache-folder.ts';
import { nativePlatform } from './native-platforms.ts';
import { inProject } from './project-root.ts';
import { runStep } from './run-step.ts';
import { sourceHash } from './source-hash.ts';

const SOURCES = 'src-main/engine/runtime/native';

interface Places {
  /** Where the engine looks. */
  readonly link: string;
  /** Where the compiled kernels are kept. */
  readonly built: string;
  /** TensorFlow's library that the addon is linked against. */
  readonly library: string;
}

/** Undefined where the addon came with a TensorFlow of its own, and where there is no compiler to be had: there training runs without. */
function places(binding: string): Places | undefined {
  const platform = nativePlatform();
  if (platform === undefined || !existsSync(binding)) return undefined;
  const tensorflow = dirname(realpathSync(binding));
  const library = join(tensorflow, platform.libraries[1]);
  if (dirname(tensorflow) !== cacheFolder() || !existsSync(library)) return undefined;
  const name = 'espalier_kernels.node';
  const key = `kernels-${sourceHash([SOURCES]).slice(0, 12)}-${basename(tensorflow)}`;
  return { link: join(dirname(binding), name), built: join(cacheFolder(), key, name), library };
}

/** Whether the kernels stand where they can, compiled from the sources as they are. */
export function kernelsAreReady(binding: string): boolean {
  const wanted = places(binding);
  return wanted === undefined || (existsSync(wanted.link) && readlinkSync(wanted.link) === wanted.built);
}

/** Compiles the kernels where they are missing or out of date (about 8 s). What goes wrong is reported: training works without, more slowly. */
export async function ensureKernels(binding: string, report: (line: string) => void): Promise<void> {
  const wanted = places(binding);
  if (wanted === undefined || kernelsAreReady(binding)) return;
  try {
    if (!existsSync(wanted.built)) await compile(wanted, report);
    const next = `${wanted.link}.${process.pid}`;
    symlinkSync(wanted.built, next);
    renameSync(next, wanted.link);
  } catch (thrown) {
    const { message, whatToDo } = StudioError.from(thrown).toProblem();
    report(`Training kernels: ${message} Training will be slower. ${whatToDo ?? ''}`.trim());
  }
}

async function compile({ built, library }: Places, report: (line: string) => void): Promise<void> {
  const platform = nativePlatform()!;
  report('Training kernels: compiling (about 10 s)');
  const folder = dirname(built);
  mkdirSync(folder, { recursive: true });
  const part = `${built}.${process.pid}.part`;
  const sources = readdirSync(inProject(SOURCES))
    .filter((name) => name.endsWith('.cc'))
    .map((name) => inProject(SOURCES, name));
  const headers = (createRequire(import.meta.url)('node-api-headers') as { include_dir: string }).include_dir;
  const near = join('..', basename(dirname(library)));
  await runStep('the compiling of the training kernels', platform.remedy.compiler, platform.compiler, [
    ...['-O3', '-fPIC', '-shared', '-std=c++17', '-fno-math-errno', '-Wno-psabi', '-DNAPI_VERSION=8', `-I${headers}`],
    ...sources,
    ...['-o', part, library, ...platform.linkFlags],
    // In the packed app the library lies beside the kernels, here in a folder of its own.
    ...platform.linkFlags.filter((flag) => flag.startsWith('-Wl,-rpath,')).map((flag) => `${flag}/${near}`),
  ]);
  renameSync(part, built);
}
