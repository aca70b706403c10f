// What the benchmark's networks need beside the layers of the starters.
import type { LayerConfig } from '#network/model-artifact.ts';

export function activated(layer: LayerConfig): LayerConfig {
  return { ...layer, config: { ...layer.config, activation: 'relu' } };
}
