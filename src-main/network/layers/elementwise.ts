// Layers that keep the shape: activations, dropout, noise, masking, rescaling.
import { activate } from '../activations.ts';
import { activationOf, countOf, isList, numberOf } from '../config-values.ts';
import type { JsonObject } from '../model-artifact.ts';
import { onlyShape, type LayerKind } from './layer-kind.ts';

const sameShape: LayerKind['outputShape'] = (_config, inputs) => onlyShape(inputs);

export const activation: LayerKind = {
  outputShape: sameShape,
  channels: {
    role: 'carry',
    along: 'any',
    weights: [],
    constant: (constant, config) => activate(activationOf(config), constant),
    refuses: (config) => (activationOf(config) === 'softmax' ? 'its softmax mixes all channels' : null),
  },
};

/**
 * ReLU, LeakyReLU, ELU and ThresholdedReLU: 0 stays 0, and what comes out for other constants depends on their settings. A ReLU that
 * leaks below a threshold sends slope · (0 − threshold) on.
 */
export const rectifier: LayerKind = {
  outputShape: sameShape,
  channels: {
    role: 'carry',
    along: 'any',
    weights: [],
    constant: (constant, config) =>
      constant === 0 && (setting(config, 'negative_slope') === 0 || setting(config, 'threshold') === 0) ? 0 : null,
  },
};

/** tfjs-layers and Keras write settings as numbers or as lists of one. */
function setting(config: JsonObject, key: string): number {
  const value = config[key];
  return typeof value === 'number' ? value : isList(value) && typeof value[0] === 'number' ? value[0] : 0;
}

export const parametricRectifier: LayerKind = {
  outputShape: sameShape,
  weights(config, inputs) {
    const shared = config['shared_axes'];
    const shape = onlyShape(inputs)
      .slice(1)
      .map((size, axis) => (Array.isArray(shared) && shared.includes(axis + 1) ? 1 : (size ?? 1)));
    return [{ name: 'alpha', shape, start: 'zeros' }];
  },
  channels: {
    role: 'carry',
    along: 'any',
    weights: [{ weight: 'alpha', axis: -1, zeroed: false }],
    constant: (constant) => (constant === 0 ? 0 : null),
  },
};

export const softmax: LayerKind = { outputShape: sameShape, channels: { role: 'stop', why: 'its softmax mixes all channels' } };

/** Dropout and noise do nothing at inference. */
export const trainingOnly: LayerKind = {
  outputShape: sameShape,
  view: true,
  channels: { role: 'carry', along: 'any', weights: [], constant: (constant) => constant },
};

export const masking: LayerKind = {
  outputShape: sameShape,
  channels: { role: 'stop', why: 'masked steps are found by the values of all channels' },
};

export const rescaling: LayerKind = {
  outputShape: sameShape,
  channels: {
    role: 'carry',
    along: 'any',
    weights: [],
    refuses: (config) =>
      typeof config['scale'] === 'number' && typeof (config['offset'] ?? 0) === 'number' ? null : 'it rescales each channel differently',
    constant: (constant, config) => constant * numberOf(config, 'scale') + numberOf(config, 'offset', 0),
  },
};

export const inputLayer: LayerKind = {
  outputShape: (_config, inputs) => onlyShape(inputs),
  view: true,
  channels: { role: 'enter' },
};

export const repeatVector: LayerKind = {
  outputShape: (config, inputs) => [onlyShape(inputs)[0] ?? null, countOf(config, 'n'), onlyShape(inputs)[1] ?? null],
  channels: { role: 'carry', weights: [], constant: (constant) => constant },
};
