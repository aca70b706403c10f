// Embedding: a row of a table for each whole number; a look-up, so no multiply-accumulates.
import { countOf } from '../config-values.ts';
import { onlyShape, type LayerKind } from './layer-kind.ts';

export const embedding: LayerKind = {
  outputShape: (config, inputs) => [...onlyShape(inputs), countOf(config, 'output_dim')],
  weights: (config) => [
    { name: 'embeddings', shape: [countOf(config, 'input_dim'), countOf(config, 'output_dim')], start: 'glorot-uniform' },
  ],
  channels: { role: 'stop', why: 'these are rows of a table, which are looked up whole' },
};
