// Conv1D, Conv2D, Conv3D and their transposed kin: new channels from a window over all input channels.
import { activate } from '../activations.ts';
import { activationOf, countOf, flagOf, sizesOf, textOf } from '../config-values.ts';
import type { JsonObject } from '../model-artifact.ts';
import { onlyShape, sampleSize, type LayerKind, type WeightSpec } from './layer-kind.ts';
import { channelsIn, imageShape, isChannelsFirst, spatialAxes, windowPositions } from './sliding-window.ts';

/** A convolution over `axes` spatial axes; its kernel is [window…, input channels / groups, filters]. */
export function convolution(axes: number): LayerKind {
  return {
    outputShape(config, inputs) {
      const shape = onlyShape(inputs);
      return imageShape(shape, windowPositions(spatialAxes(shape, config), config, 'kernel_size', 1), countOf(config, 'filters'), config);
    },
    macs: (config, inputs, output) =>
      sampleSize(output) *
      product(sizesOf(config, 'kernel_size', axes)) *
      (channelsIn(onlyShape(inputs), config) / countOf(config, 'groups', 1)),
    weights: (config, inputs) => [
      {
        name: 'kernel',
        shape: [
          ...sizesOf(config, 'kernel_size', axes),
          channelsIn(onlyShape(inputs), config) / countOf(config, 'groups', 1),
          countOf(config, 'filters'),
        ],
        start: 'glorot-uniform',
      },
      ...biasOf(config),
    ],
    kernels: ['kernel'],
    channels: {
      role: 'make',
      granularity: 'filter',
      count: 'filters',
      outputs: [
        { weight: 'kernel', axis: -1 },
        { weight: 'bias', axis: 0 },
      ],
      inputs: [{ weight: 'kernel', axis: -2 }],
      groups: (config) => countOf(config, 'groups', 1),
      // With `same` padding the border sees zeros in place of the constant, so no one bias makes up for it; a 1×1 window needs no padding.
      folds: (config) =>
        countOf(config, 'groups', 1) === 1 &&
        (textOf(config, 'padding', 'valid') === 'valid' || product(sizesOf(config, 'kernel_size', axes)) === 1),
      refuses: refusesChannels,
      constant: (_constant, config) => activate(activationOf(config), 0),
    },
  };
}

/** Its kernel is [window, filters, input channels]; every input entry is spread over the window. */
export function transposedConvolution(axes: number): LayerKind {
  return {
    outputShape(config, inputs) {
      const shape = onlyShape(inputs);
      const sizes = sizesOf(config, 'kernel_size', axes);
      const strides = sizesOf(config, 'strides', axes, 1);
      const same = textOf(config, 'padding', 'valid') === 'same';
      const spatial = spatialAxes(shape, config).map((length, axis) =>
        length === null ? null : length * strides[axis]! + (same ? 0 : Math.max(sizes[axis]! - strides[axis]!, 0)),
      );
      return imageShape(shape, spatial, countOf(config, 'filters'), config);
    },
    macs: (config, inputs) => sampleSize(onlyShape(inputs)) * product(sizesOf(config, 'kernel_size', axes)) * countOf(config, 'filters'),
    weights: (config, inputs) => [
      {
        name: 'kernel',
        shape: [...sizesOf(config, 'kernel_size', axes), countOf(config, 'filters'), channelsIn(onlyShape(inputs), config)],
        start: 'glorot-uniform',
      },
      ...biasOf(config),
    ],
    kernels: ['kernel'],
    channels: {
      role: 'make',
      granularity: 'filter',
      count: 'filters',
      outputs: [
        { weight: 'kernel', axis: -2 },
        { weight: 'bias', axis: 0 },
      ],
      inputs: [{ weight: 'kernel', axis: -1 }],
      folds: () => false,
      refuses: refusesChannels,
      constant: (_constant, config) => activate(activationOf(config), 0),
    },
  };
}

export function biasOf(config: JsonObject): readonly WeightSpec[] {
  return flagOf(config, 'use_bias', true) ? [{ name: 'bias', shape: [countOf(config, 'filters')], start: 'zeros' }] : [];
}

export function refusesChannels(config: JsonObject): string | null {
  if (isChannelsFirst(config)) return 'its channels are on the first axis (channels_first)';
  return null;
}

export function product(sizes: readonly number[]): number {
  return sizes.reduce((all, size) => all * size, 1);
}
