// Dense: every output unit from all entries of the last axis.
import { activate } from '../activations.ts';
import { activationOf, countOf, flagOf } from '../config-values.ts';
import { lastAxis, onlyShape, sampleSize, type LayerKind } from './layer-kind.ts';

export const dense: LayerKind = {
  outputShape: (config, inputs) => [...onlyShape(inputs).slice(0, -1), countOf(config, 'units')],
  macs: (_config, inputs, output) => sampleSize(output) * lastAxis(onlyShape(inputs)),
  weights: (config, inputs) => [
    { name: 'kernel', shape: [lastAxis(onlyShape(inputs)), countOf(config, 'units')], start: 'glorot-uniform' },
    ...(flagOf(config, 'use_bias', true) ? [{ name: 'bias', shape: [countOf(config, 'units')], start: 'zeros' } as const] : []),
  ],
  kernels: ['kernel'],
  channels: {
    role: 'make',
    granularity: 'neuron',
    count: 'units',
    outputs: [
      { weight: 'kernel', axis: -1 },
      { weight: 'bias', axis: 0 },
    ],
    inputs: [{ weight: 'kernel', axis: 0 }],
    folds: () => true,
    constant: (_constant, config) => activate(activationOf(config), 0),
  },
};
