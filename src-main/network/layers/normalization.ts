// Batch, layer and group normalization, and Keras's input normalization.
import { countOf, flagOf, isList, type TensorShape } from '../config-values.ts';
import type { JsonObject } from '../model-artifact.ts';
import { onlyShape, type LayerKind, type WeightSpec } from './layer-kind.ts';

const sameShape: LayerKind['outputShape'] = (_config, inputs) => onlyShape(inputs);

/** No MACs are counted: at inference it is x·scale + shift, which runtimes fold into the layer before. */
export const batchNormalization: LayerKind = {
  outputShape: sameShape,
  weights(config, inputs) {
    const shape = [axisLength(config, onlyShape(inputs))];
    return [
      ...scaleAndShift(config, shape),
      { name: 'moving_mean', shape, start: 'zeros' },
      { name: 'moving_variance', shape, start: 'ones' },
    ];
  },
  channels: {
    role: 'carry',
    // gamma, beta and the mean of a removed channel are zeroed, so 0 stays 0 even where gamma or beta is left out.
    weights: [
      { weight: 'gamma', axis: 0 },
      { weight: 'beta', axis: 0 },
      { weight: 'moving_mean', axis: 0 },
      { weight: 'moving_variance', axis: 0, zeroed: false },
    ],
    along: axisFromBack,
    constant: (constant, config) => (constant === 0 || flagOf(config, 'scale', true) ? 0 : null),
  },
};

export const layerNormalization: LayerKind = {
  outputShape: sameShape,
  weights: (config, inputs) => scaleAndShift(config, [axisLength(config, onlyShape(inputs))]),
  channels: { role: 'stop', why: 'its mean and variance are taken over all channels, so that fewer channels would change every answer' },
};

/** `Normalization` keeps the training data's mean, variance and count as weights. */
export const inputNormalization: LayerKind = {
  outputShape: sameShape,
  channels: { role: 'stop', why: 'it holds statistics of the inputs' },
};

function scaleAndShift(config: JsonObject, shape: readonly number[]): readonly WeightSpec[] {
  return [
    ...(flagOf(config, 'scale', true) ? [{ name: 'gamma', shape, start: 'ones' } as const] : []),
    ...(flagOf(config, 'center', true) ? [{ name: 'beta', shape, start: 'zeros' } as const] : []),
  ];
}

function axisLength(config: JsonObject, shape: TensorShape): number {
  return shape.at(axisFromBack(config, shape.length)) ?? 0;
}

/** The last axis is −1. Keras writes the axis as a number from either end, or as a list of one. */
function axisFromBack(config: JsonObject, rank: number): number {
  const axis = config['axis'] ?? -1;
  const first = isList(axis) ? axis[0] : axis;
  if (typeof first === 'number' && first < 0) return first;
  return countOf({ ...config, axis: first ?? null }, 'axis') - rank;
}
