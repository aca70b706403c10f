// Network Slimming: an L1 penalty on batch-norm scales drives those of unneeded channels to zero, so that they can be pruned by them.
import type { Tensor, Variable } from '@tensorflow/tfjs-node';
import type { LoadedModel } from '../models/load-model.ts';
import { absolute } from '../models/penalties.ts';
import type { Tensorflow } from '../runtime/load-tensorflow.ts';
import type { LossFunctions } from './losses.ts';

/** The part of a tfjs layer that is looked at. */
interface MaybeNorm {
  readonly layers?: readonly MaybeNorm[];
  readonly gamma?: { read(): Tensor } | null;
  getClassName(): string;
}

function scalesOf(layers: readonly MaybeNorm[]): Tensor[] {
  return layers.flatMap((layer) =>
    layer.layers !== undefined
      ? scalesOf(layer.layers)
      : layer.getClassName() === 'BatchNormalization' && layer.gamma
        ? [layer.gamma.read()]
        : [],
  );
}

/**
 * `loss` with `strength` · Σ|γ| added, over the trained scales of all batch normalisations (Liu et al. 2017).
 * Worked example, strength 0.001 and scales (1, −0.5): 0.0015.
 */
export function withScalePenalty(tf: Tensorflow, loss: LossFunctions, { model, weights }: LoadedModel, strength: number): LossFunctions {
  const trained = new Set<Tensor | Variable>(weights.filter(({ trainable }) => trainable).map(({ variable }) => variable));
  const scales = scalesOf(model.layers as unknown as readonly MaybeNorm[]).filter((scale) => trained.has(scale));
  if (strength === 0 || scales.length === 0) return loss;
  return { ...loss, penalty: () => tf.mul(tf.addN(scales.map((scale) => tf.sum(absolute(tf, scale)))), strength) };
}
