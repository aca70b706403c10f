// Pure edits of a model: what isn't named stays the same object, so unchanged tensors are shared and never copied. What an optimizer remembers goes.
import type { JsonObject, LayerConfig, ModelArtifact, NamedTensor, TensorData } from './model-artifact.ts';
import { layersOf } from './graph.ts';
import { nameOf } from './config-values.ts';
import { withoutTraining } from './training-state.ts';

/** Other numbers for some tensors, in the same shapes and dtypes. */
export function withWeights(artifact: ModelArtifact, data: ReadonlyMap<string, TensorData>): ModelArtifact {
  return {
    ...withoutTraining(artifact),
    weights: artifact.weights.map((tensor) => {
      const numbers = data.get(tensor.name);
      return numbers === undefined ? tensor : { ...tensor, data: numbers };
    }),
  };
}

/** Other tensors of the same names: shapes may differ. */
export function withTensors(artifact: ModelArtifact, tensors: ReadonlyMap<string, NamedTensor>): ModelArtifact {
  return { ...withoutTraining(artifact), weights: artifact.weights.map((tensor) => tensors.get(tensor.name) ?? tensor) };
}

/** Fields of layer configurations replaced, by layer name, also inside nested models. */
export function withLayerConfigs(artifact: ModelArtifact, fields: ReadonlyMap<string, JsonObject>): ModelArtifact {
  const { topology } = artifact;
  return {
    ...withoutTraining(artifact),
    topology: { ...topology, config: { ...topology.config, layers: topology.config.layers.map((layer) => withFields(layer, fields)) } },
  };
}

function withFields(layer: LayerConfig, fields: ReadonlyMap<string, JsonObject>): LayerConfig {
  if (Array.isArray(layer.config['layers'])) {
    // A nested model: its inner layers are named uniquely in the whole network.
    const layers = layersOf(layer.config).map((inner) => withFields(inner, fields));
    return { ...layer, config: { ...layer.config, layers: layers.map((inner) => ({ ...inner })) } };
  }
  const changed = fields.get(nameOf(layer.config));
  return changed === undefined ? layer : { ...layer, config: { ...layer.config, ...changed } };
}
