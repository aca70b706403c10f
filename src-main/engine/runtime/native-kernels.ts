// Espalier's own TensorFlow kernels, where set-up has compiled them (`native/`). Without them training runs on TensorFlow's own.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);
/** Null once they are loaded. */
let failed: string | null | undefined;

/** Beside tfjs-node's addon, linked against the same library. */
export function kernelsPath(): string {
  return join(dirname(require.resolve('@tensorflow/tfjs-node/package.json')), 'lib', 'napi-v8', 'espalier_kernels.node');
}

/** Registers the kernels with the process's TensorFlow, which must be loaded already; false where they are missing or don't fit it. */
export function loadKernels(): boolean {
  return loadOnce() === null;
}

/** Why kernels that are there are not in use, for whoever waits longer for it; null where they are in use, were never compiled or are switched off. */
export function kernelsFailure(): string | null {
  const failure = loadOnce();
  return failure === null || failure === 'absent' ? null : failure;
}

function loadOnce(): string | null {
  if (failed === undefined) failed = process.env['ESPALIER_KERNELS'] === '0' ? 'absent' : kernelsFrom(kernelsPath());
  return failed;
}

/** Null where the addon at this path is loaded now, else `absent` or what the system said. */
export function kernelsFrom(path: string): string | null {
  if (!existsSync(path)) return 'absent';
  try {
    require(path);
    return null;
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message.split('\n')[0]! : String(thrown);
  }
}
