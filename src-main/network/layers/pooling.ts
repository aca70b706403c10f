// Max and average pooling, over windows and over everything.
import { flagOf, type TensorShape } from '../config-values.ts';
import type { JsonObject } from '../model-artifact.ts';
import { onlyShape, type LayerKind } from './layer-kind.ts';
import { channelsIn, imageShape, isChannelsFirst, spatialAxes, windowPositions } from './sliding-window.ts';

/** A window of equal numbers gives that number: padding is left out of maxima and means alike. */
const channels: LayerKind['channels'] = {
  role: 'carry',
  weights: [],
  constant: (constant) => constant,
  refuses: (config) => (isChannelsFirst(config) ? 'its channels are on the first axis (channels_first)' : null),
};

export const pooling: LayerKind = {
  outputShape(config, inputs) {
    const shape = onlyShape(inputs);
    return imageShape(shape, windowPositions(spatialAxes(shape, config), config, 'pool_size', 'size'), channelsIn(shape, config), config);
  },
  channels,
};

export const globalPooling: LayerKind = {
  outputShape(config, inputs) {
    const shape = onlyShape(inputs);
    if (!flagOf(config, 'keepdims', false)) return [shape[0] ?? null, channelsIn(shape, config)];
    return imageShape(shape, ones(shape, config), channelsIn(shape, config), config);
  },
  channels,
};

function ones(shape: TensorShape, config: JsonObject): TensorShape {
  return spatialAxes(shape, config).map(() => 1);
}
