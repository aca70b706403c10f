// Layers that move entries about: Flatten, Reshape, Permute, padding, cropping, up-sampling, resizing.
import { countOf, isList, sizesOf, textOf, type TensorShape } from '../config-values.ts';
import type { Json, JsonObject } from '../model-artifact.ts';
import { onlyShape, sampleSize, type LayerKind } from './layer-kind.ts';
import { channelsIn, imageShape, isChannelsFirst, spatialAxes } from './sliding-window.ts';

const refusesFirst = (config: JsonObject): string | null =>
  isChannelsFirst(config) ? 'its channels are on the first axis (channels_first)' : null;

/** [H, W, C] becomes H·W·C entries with the channel running fastest, so entry i is of channel i mod C. */
export const flatten: LayerKind = {
  outputShape(_config, inputs) {
    const shape = onlyShape(inputs);
    return [shape[0] ?? null, shape.slice(1).includes(null) ? null : sampleSize(shape)];
  },
  view: true,
  channels: { role: 'reshape', refuses: refusesFirst },
};

export const reshape: LayerKind = {
  outputShape(config, inputs) {
    const shape = onlyShape(inputs);
    const target = sizesWithGap(config['target_shape']);
    const known = target.reduce<number>((all, size) => all * (size === -1 || size === null ? 1 : size), 1);
    return [
      shape[0] ?? null,
      ...target.map((size) => (size === -1 || size === null ? Math.round(sampleSize(shape) / Math.max(known, 1)) : size)),
    ];
  },
  view: true,
  channels: { role: 'reshape' },
};

export const permute: LayerKind = {
  outputShape(config, inputs) {
    const shape = onlyShape(inputs);
    return [shape[0] ?? null, ...sizesOf(config, 'dims', shape.length - 1).map((axis) => shape[axis] ?? null)];
  },
  channels: { role: 'permute' },
};

export function zeroPadding(axes: number): LayerKind {
  return {
    outputShape: (config, inputs) =>
      resized(config, onlyShape(inputs), (length, axis) => length + sum(edges(config['padding'], axis, axes))),
    channels: { role: 'carry', weights: [], constant: (constant) => (constant === 0 ? 0 : null), refuses: refusesFirst },
  };
}

export function cropping(axes: number): LayerKind {
  return {
    outputShape: (config, inputs) =>
      resized(config, onlyShape(inputs), (length, axis) => Math.max(0, length - sum(edges(config['cropping'], axis, axes)))),
    channels: { role: 'carry', weights: [], constant: (constant) => constant, refuses: refusesFirst },
  };
}

export function upSampling(axes: number): LayerKind {
  return {
    outputShape: (config, inputs) => resized(config, onlyShape(inputs), (length, axis) => length * sizesOf(config, 'size', axes, 2)[axis]!),
    channels: { role: 'carry', weights: [], constant: (constant) => constant, refuses: refusesFirst },
  };
}

/** Images of another size; each channel by itself, and means of a constant are that constant. */
export const resizing: LayerKind = {
  outputShape: (config, inputs) => resized(config, onlyShape(inputs), (_, axis) => countOf(config, axis === 0 ? 'height' : 'width')),
  channels: { role: 'carry', weights: [], constant: (constant) => constant, refuses: refusesFirst },
};

function resized(config: JsonObject, shape: TensorShape, change: (length: number, axis: number) => number): TensorShape {
  textOf(config, 'data_format', 'channels_last');
  const spatial = spatialAxes(shape, config).map((length, axis) => (length === null ? null : change(length, axis)));
  return imageShape(shape, spatial, channelsIn(shape, config), config);
}

/** Keras writes 1, [1, 2] (an axis each; for one axis its two ends) or [[1, 1], [2, 2]]. */
function edges(value: Json | undefined, axis: number, axes: number): readonly [number, number] {
  if (value === undefined || value === null) return [1, 1];
  if (typeof value === 'number') return [value, value];
  if (!isList(value)) return [0, 0];
  const entry = axes === 1 ? value : value[axis];
  if (typeof entry === 'number') return [entry, entry];
  if (!isList(entry)) return [0, 0];
  const [before, after] = entry;
  return [
    typeof before === 'number' ? before : 0,
    typeof after === 'number' ? after : typeof before === 'number' && axes === 1 ? before : 0,
  ];
}

function sizesWithGap(value: Json | undefined): TensorShape {
  return isList(value) ? value.map((size) => (typeof size === 'number' ? size : null)) : [];
}

function sum([before, after]: readonly [number, number]): number {
  return before + after;
}
