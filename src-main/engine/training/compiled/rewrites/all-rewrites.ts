// The rewrites in the order in which they are made.
import { loadKernels } from '../../../runtime/native-kernels.ts';
import { biasAdd } from './bias-add.ts';
import { biasAddGrad } from './bias-add-grad.ts';
import { nativeBatchNormGrad } from './native-batch-norm-grad.ts';
import { afterNativeBatchNorm, nativeBatchNorm } from './native-batch-norm.ts';
import { noReshape } from './no-reshape.ts';
import { plainMatMul } from './plain-mat-mul.ts';
import { reluGrad } from './relu-grad.ts';
import type { Rewrite } from './rewrite.ts';

/** To kernels that every TensorFlow has. */
export const plainRewrites: readonly Rewrite[] = [plainMatMul, noReshape, biasAdd, reluGrad, biasAddGrad];

/** To our own kernels; they find what the others have made. */
export const nativeRewrites: readonly Rewrite[] = [nativeBatchNorm, nativeBatchNormGrad, afterNativeBatchNorm];

export function allRewrites(): readonly Rewrite[] {
  return loadKernels() ? [...plainRewrites, ...nativeRewrites] : plainRewrites;
}
