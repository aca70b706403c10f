// After packing: the native TensorFlow takes its place beside tfjs-node, outside the asar, stripped of symbols that nobody needs at run time.
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** @param {import('electron-builder').AfterPackContext} context */
export default async function afterPack(context) {
  const { projectDir } = context.packager.info;
  const binding = join(projectDir, 'node_modules/@tensorflow/tfjs-node/lib/napi-v8/tfjs_binding.node');
  if (!existsSync(binding)) throw new Error('Native TensorFlow is missing. Run "npm start" or "npm test" once: they build it.');
  const source = dirname(realpathSync(binding));
  const resources =
    context.electronPlatformName === 'darwin'
      ? join(context.appOutDir, `${context.packager.appInfo.productFilename}.app`, 'Contents/Resources')
      : join(context.appOutDir, 'resources');
  const target = join(resources, 'app.asar.unpacked/node_modules/@tensorflow/tfjs-node/lib/napi-v8');
  mkdirSync(target, { recursive: true });
  for (const name of readdirSync(source)) {
    const file = join(target, /^(THIRD_PARTY_NOTICES.txt|LICENSE)$/.test(name) ? `TENSORFLOW_${name.replace('THIRD_PARTY_', '')}` : name);
    copyFileSync(join(source, name), file);
    if (/\.so(\.\d+)?$/.test(name)) execFileSync('strip', ['--strip-unneeded', file]);
  }
  const kernels = join(dirname(binding), 'espalier_kernels.node');
  if (existsSync(kernels)) copyFileSync(kernels, join(target, 'espalier_kernels.node'));
}
