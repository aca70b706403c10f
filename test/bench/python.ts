// The peers' Python environment: made once, kept in the cache.
import { resolve } from 'node:path';
import { ensurePython } from '#main/setup/python-environment.ts';

/** Path of a Python that has Keras, PyTorch and TensorFlow Model Optimization. @throws StudioError `engine-unavailable` */
export function peersPython(): Promise<string> {
  return ensurePython(resolve(import.meta.dirname, 'requirements.txt'), () =>
    console.error('Python with Keras, PyTorch and tfmot: installing (some gigabytes, once)'),
  );
}
