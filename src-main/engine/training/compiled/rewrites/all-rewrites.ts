// The rewrites in the order in which they are made.
import { biasAdd } from './bias-add.ts';
import { biasAddGrad } from './bias-add-grad.ts';
import { plainMatMul } from './plain-mat-mul.ts';
import { reluGrad } from './relu-grad.ts';
import type { Rewrite } from './rewrite.ts';

export const allRewrites: readonly Rewrite[] = [plainMatMul, biasAdd, reluGrad, biasAddGrad];
