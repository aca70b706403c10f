// Espalier's own TensorFlow kernels, where set-up has compiled them (`native/`). Without them training runs on TensorFlow's own.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);
let loaded: boolean | undefined;

/** Beside tfjs-node's addon, linked against the same library. */
export function kernelsPath(): string {
  return join(dirname(require.resolve('@tensorflow/tfjs-node/package.json')), 'lib', 'napi-v8', 'espalier_kernels.node');
}

/** Registers the kernels with the process's TensorFlow, which must be loaded already; false where they are missing or don't fit it. */
export function loadKernels(): boolean {
  loaded ??= tryToLoad();
  return loaded;
}

function tryToLoad(): boolean {
  const path = kernelsPath();
  if (process.env['ESPALIER_KERNELS'] === '0' || !existsSync(path)) return false;
  try {
    require(path);
    return true;
  } catch {
    return false;
  }
}
