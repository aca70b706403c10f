// Finds tfjs-node's native addon, or builds it from the addon's own source against the TensorFlow wheel, once a machine.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { StudioError } from '#contract/errors.ts';
import { cacheFolder } from './cache-folder.ts';
import { nativePlatform, TENSORFLOW_VERSION, type NativePlatform } from './native-platforms.ts';
import { runStep } from './run-step.ts';
import { ensureKernels, kernelsAreReady } from './training-kernels.ts';

const require = createRequire(import.meta.url);

/** Members of the wheel that compiling and running need; all else of its 800 MB stays packed. */
const UNPACK = `
import sys, zipfile
wheel, target, libraries = sys.argv[1], sys.argv[2], sys.argv[3:]
prefixes = ('tensorflow/include/tensorflow/c/', 'tensorflow/include/tensorflow/core/platform/', 'tensorflow/include/xla/tsl/c/', 'tensorflow/include/tsl/')
keep = {'tensorflow/' + name for name in libraries} | {'tensorflow/THIRD_PARTY_NOTICES.txt', 'tensorflow/include/LICENSE'}
with zipfile.ZipFile(wheel) as archive:
    names = [name for name in archive.namelist() if name in keep or name.startswith(prefixes)]
    archive.extractall(target, names)
`;

/** tfjs-node's folder, and where it looks for its addon. */
export function addonPaths(): { packageFolder: string; binding: string } {
  const packageFolder = dirname(require.resolve('@tensorflow/tfjs-node/package.json'));
  return { packageFolder, binding: join(packageFolder, 'lib', 'napi-v8', 'tfjs_binding.node') };
}

/** Whether there is nothing left to do for `ensureNativeTensorflow`. */
export function nativeTensorflowIsReady(): boolean {
  const { binding } = addonPaths();
  return existsSync(binding) && kernelsAreReady(binding);
}

/**
 * Makes sure that `require('@tensorflow/tfjs-node')` will work: a binding that is there already, else one built earlier and kept in the cache,
 * else a new one; and that the training kernels stand beside it where they can be compiled. `report` gets a line for each step; nothing is said
 * when all is there.
 * @throws StudioError `engine-unavailable`, naming the step that failed and what to install
 */
export async function ensureNativeTensorflow(report: (line: string) => void): Promise<void> {
  const { packageFolder, binding } = addonPaths();
  if (!existsSync(binding)) await placeBinding(packageFolder, binding, report);
  await ensureKernels(binding, report);
}

async function placeBinding(packageFolder: string, binding: string, report: (line: string) => void): Promise<void> {
  const platform = nativePlatform();
  if (platform === undefined) {
    throw new StudioError('engine-unavailable', `Native TensorFlow can't be built for ${process.platform} ${process.arch}.`, {
      whatToDo: 'Run "npm rebuild --ignore-scripts=false @tensorflow/tfjs-node", which downloads a prebuilt one.',
    });
  }
  const version = (JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as { version: string }).version;
  const built = join(cacheFolder(), `tensorflow-${TENSORFLOW_VERSION}-tfjs-${version}-${process.platform}-${process.arch}`);
  if (!existsSync(join(built, 'tfjs_binding.node'))) await build(built, packageFolder, platform, report);
  mkdirSync(dirname(binding), { recursive: true });
  rmSync(binding, { force: true }); // a link left dangling by an emptied cache
  symlinkSync(join(built, 'tfjs_binding.node'), binding);
}

async function build(target: string, packageFolder: string, platform: NativePlatform, report: (line: string) => void): Promise<void> {
  mkdirSync(dirname(target), { recursive: true });
  const work = mkdtempSync(`${target}.part-`);
  try {
    report(`Native TensorFlow ${TENSORFLOW_VERSION}: downloading the ${platform.project} wheel (270 MB, once)`);
    writeFileSync(join(work, 'requirements.txt'), `${platform.project}==${TENSORFLOW_VERSION} --hash=sha256:${platform.sha256}\n`);
    await runStep('the download of TensorFlow', platform.remedy.pip, 'python3', [
      '-m',
      'pip',
      'download',
      '--quiet',
      '--disable-pip-version-check',
      '--no-deps',
      '--require-hashes',
      '--only-binary=:all:',
      '--platform',
      platform.wheelTag,
      '--python-version',
      '3.11',
      '--implementation',
      'cp',
      '--dest',
      work,
      '-r',
      join(work, 'requirements.txt'),
    ]);
    report('Native TensorFlow: unpacking its library and headers');
    const wheel = join(work, `${platform.project.replace('-', '_')}-${TENSORFLOW_VERSION}-cp311-cp311-${platform.wheelTag}.whl`);
    await runStep('the unpacking of TensorFlow', platform.remedy.pip, 'python3', ['-c', UNPACK, wheel, work, ...platform.libraries]);
    report('Native TensorFlow: compiling the addon (about 15 s)');
    const tensorflow = join(work, 'tensorflow');
    const headers = (require('node-api-headers') as { include_dir: string }).include_dir;
    const sources = ['tfjs_backend.cc', 'tfjs_binding.cc'].map((name) => join(packageFolder, 'binding', name));
    const finished = join(work, 'finished');
    mkdirSync(finished);
    await runStep('the compiling of the TensorFlow addon', platform.remedy.compiler, platform.compiler, [
      '-O2',
      '-fPIC',
      '-shared',
      '-std=c++17',
      '-DNAPI_VERSION=8',
      '-w',
      `-I${headers}`,
      `-I${join(tensorflow, 'include')}`,
      `-I${packageFolder}`,
      ...sources,
      '-o',
      join(finished, 'tfjs_binding.node'),
      ...platform.libraries.map((name) => join(tensorflow, name)),
      ...platform.linkFlags,
    ]);
    for (const name of [...platform.libraries, 'THIRD_PARTY_NOTICES.txt']) renameSync(join(tensorflow, name), join(finished, name));
    renameSync(join(tensorflow, 'include', 'LICENSE'), join(finished, 'LICENSE'));
    if (!existsSync(join(target, 'tfjs_binding.node'))) {
      rmSync(target, { recursive: true, force: true });
      renameSync(finished, target);
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
