// Batch, layer, group, unit and root-mean-square normalization, and the scale a channel that ConvNeXt learns.
import { countOf, flagOf, isList, type TensorShape } from '../config-values.ts';
import type { JsonObject } from '../model-artifact.ts';
import { lastAxis, onlyShape, type LayerKind, type WeightSpec } from './layer-kind.ts';

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
  weights: (config, inputs) => scaleAndShift(config, axisLengths(config, onlyShape(inputs))),
  channels: { role: 'stop', why: 'its mean and variance are taken over all channels, so that fewer channels would change every answer' },
};

export const groupNormalization: LayerKind = {
  outputShape: sameShape,
  weights: (config, inputs) => scaleAndShift(config, [lastAxis(onlyShape(inputs))]),
  channels: {
    role: 'stop',
    why: 'its mean and variance are taken over groups of channels, so that fewer channels would change every answer',
  },
};

/** Length 1 over the channels: what is zero adds nothing to the length. */
export const unitNormalization: LayerKind = {
  outputShape: sameShape,
  channels: { role: 'carry', weights: [], constant: (constant) => (constant === 0 ? 0 : null) },
};

export const rmsNormalization: LayerKind = {
  outputShape: sameShape,
  weights: (_config, inputs) => [{ name: 'scale', shape: [lastAxis(onlyShape(inputs))], start: 'ones' }],
  channels: { role: 'stop', why: 'its mean square is taken over all channels, so that fewer channels would change every answer' },
};

/** A removed channel's gamma is zeroed, so whatever came in ends here. */
export const layerScale: LayerKind = {
  outputShape: sameShape,
  weights: (_config, inputs) => [{ name: 'gamma', shape: [lastAxis(onlyShape(inputs))], start: 'ones' }],
  channels: { role: 'carry', weights: [{ weight: 'gamma', axis: 0 }], constant: () => 0 },
};

function scaleAndShift(config: JsonObject, shape: readonly number[]): readonly WeightSpec[] {
  return [
    ...(flagOf(config, 'scale', true) ? [{ name: 'gamma', shape, start: 'ones' } as const] : []),
    ...(flagOf(config, 'center', true) ? [{ name: 'beta', shape, start: 'zeros' } as const] : []),
  ];
}

/** Layer normalization may run over several axes, with a scale for each entry of them. */
function axisLengths(config: JsonObject, shape: TensorShape): readonly number[] {
  const axis = config['axis'] ?? -1;
  return (isList(axis) ? axis : [axis]).map((each) => axisLength({ ...config, axis: each }, shape));
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
