// DepthwiseConv1D and DepthwiseConv2D work on each channel by itself; their Separable kin follow them with a 1×1 convolution.
import { activate } from '../activations.ts';
import { activationOf, countOf, flagOf, sizesOf } from '../config-values.ts';
import { biasOf, product, refusesChannels } from './convolution.ts';
import { onlyShape, sampleSize, type LayerKind } from './layer-kind.ts';
import { channelsIn, imageShape, spatialAxes, windowPositions } from './sliding-window.ts';

/** Output channel c·m + q comes from input channel c, with depth multiplier m. */
export function depthwiseConvolution(axes: number): LayerKind {
  return {
    outputShape(config, inputs) {
      const shape = onlyShape(inputs);
      const spatial = windowPositions(spatialAxes(shape, config), config, 'kernel_size', 1);
      return imageShape(shape, spatial, channelsIn(shape, config) * countOf(config, 'depth_multiplier', 1), config);
    },
    macs: (config, _inputs, output) => sampleSize(output) * product(sizesOf(config, 'kernel_size', axes)),
    weights(config, inputs) {
      const channels = channelsIn(onlyShape(inputs), config);
      const multiplier = countOf(config, 'depth_multiplier', 1);
      return [
        { name: 'depthwise_kernel', shape: [...sizesOf(config, 'kernel_size', axes), channels, multiplier], start: 'glorot-uniform' },
        ...(flagOf(config, 'use_bias', true) ? [{ name: 'bias', shape: [channels * multiplier], start: 'zeros' } as const] : []),
      ];
    },
    kernels: ['depthwise_kernel'],
    channels: {
      role: 'carry',
      weights: [
        { weight: 'depthwise_kernel', axis: -2 },
        { weight: 'bias', axis: 0, wide: true },
      ],
      multiply: (config) => countOf(config, 'depth_multiplier', 1),
      refuses: refusesChannels,
      // The removed channel's kernel and bias are zeroed, so whatever came in ends here.
      constant: (_constant, config) => activate(activationOf(config), 0),
    },
  };
}

export function separableConvolution(axes: number): LayerKind {
  return {
    outputShape(config, inputs) {
      const shape = onlyShape(inputs);
      return imageShape(shape, windowPositions(spatialAxes(shape, config), config, 'kernel_size', 1), countOf(config, 'filters'), config);
    },
    macs(config, inputs, output) {
      const filters = countOf(config, 'filters');
      const positions = filters === 0 ? 0 : sampleSize(output) / filters;
      const middle = channelsIn(onlyShape(inputs), config) * countOf(config, 'depth_multiplier', 1);
      return positions * middle * (product(sizesOf(config, 'kernel_size', axes)) + filters);
    },
    weights(config, inputs) {
      const channels = channelsIn(onlyShape(inputs), config);
      const multiplier = countOf(config, 'depth_multiplier', 1);
      const ones = Array.from({ length: axes }, () => 1);
      return [
        { name: 'depthwise_kernel', shape: [...sizesOf(config, 'kernel_size', axes), channels, multiplier], start: 'glorot-uniform' },
        { name: 'pointwise_kernel', shape: [...ones, channels * multiplier, countOf(config, 'filters')], start: 'glorot-uniform' },
        ...biasOf(config),
      ];
    },
    kernels: ['depthwise_kernel', 'pointwise_kernel'],
    channels: {
      role: 'make',
      granularity: 'filter',
      count: 'filters',
      outputs: [
        { weight: 'pointwise_kernel', axis: -1 },
        { weight: 'bias', axis: 0 },
      ],
      inputs: [
        { weight: 'depthwise_kernel', axis: -2 },
        { weight: 'pointwise_kernel', axis: -2, wide: true },
      ],
      folds: () => false,
      refuses: refusesChannels,
      constant: (_constant, config) => activate(activationOf(config), 0),
    },
  };
}
