// Loads tfjs-node with its native backend. TensorFlow is loaded here and nowhere else, and not before it is needed.
import { availableParallelism, cpus } from 'node:os';
import { createRequire } from 'node:module';
import util from 'node:util';
import type * as tfjs from '@tensorflow/tfjs-node';
import { StudioError } from '#contract/errors.ts';
import { loadKernels } from './native-kernels.ts';

export type Tensorflow = typeof tfjs;

/** What a measurement must carry: bits depend on all but the host's name, speed on all. */
export interface Environment {
  readonly tensorflow: string;
  readonly threads: number;
  readonly oneDnn: boolean;
  /** Whether training runs on Espalier's own kernels too. */
  readonly kernels: boolean;
  readonly host: string;
}

/** @throws StudioError `engine-unavailable` where the addon is missing or doesn't load */
export function loadTensorflow(): Tensorflow {
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2'; // errors only
  // tfjs-node 4.22 calls util.isNullOrUndefined, which Node 23 took out.
  const legacy = util as unknown as { isNullOrUndefined?: (value: unknown) => boolean };
  legacy.isNullOrUndefined ??= (value) => value === null || value === undefined;
  try {
    const tf = createRequire(import.meta.url)('@tensorflow/tfjs-node') as Tensorflow;
    tf.enableProdMode();
    return tf;
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message.split('\n')[0]! : String(thrown);
    throw new StudioError('engine-unavailable', `Native TensorFlow doesn't load: ${reason}`, {
      whatToDo: 'Run "npm start" in the project once: it builds what is missing.',
      cause: thrown,
    });
  }
}

export function describeEnvironment(tf: Tensorflow): Environment {
  const threads = Number(process.env['TF_NUM_INTRAOP_THREADS'] ?? 0);
  return {
    tensorflow: nativeVersion(tf),
    threads: threads > 0 ? threads : availableParallelism(),
    oneDnn: process.env['TF_ENABLE_ONEDNN_OPTS'] !== '0',
    kernels: loadKernels(),
    host: cpus()[0]?.model.trim() ?? `${process.platform} ${process.arch}`,
  };
}

/** The native library's own version, as its C API says it. */
function nativeVersion(tf: Tensorflow): string {
  const backend = tf.backend() as unknown as { binding?: { TF_Version?: string } };
  return backend.binding?.TF_Version ?? 'unknown';
}
