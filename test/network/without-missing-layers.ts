// Says the same network in layers that tfjs-layers has: grouped convolutions as full ones, pooling with keepdims as pooling over all.
import { nameOf } from '#network/config-values.ts';
import { readGraph } from '#network/graph.ts';
import type { LayerConfig, ModelArtifact, NamedTensor } from '#network/model-artifact.ts';
import { inferShapes } from '#network/tensor-shapes.ts';

/** A kernel [window…, C/G, F] in G groups becomes [window…, C, F] with zeros wherever an output doesn't see an input. */
export function withoutMissingLayers(artifact: ModelArtifact): ModelArtifact {
  const { graph, shapes } = inferShapes(readGraph(artifact.topology));
  const spatial = new Map(
    graph.nodes.map((node) => [node.layer, (shapes.get(node.id)?.inputs[0] ?? []).slice(1, -1).map((size) => size ?? 1)]),
  );
  const groups = new Map<string, number>();
  const layers = artifact.topology.config.layers.map((layer): LayerConfig => {
    const name = nameOf(layer.config);
    const { groups: count, ...config } = layer.config;
    if (typeof count === 'number' && count > 1) groups.set(name, count);
    if (layer.config['keepdims'] === true)
      return {
        ...layer,
        class_name: 'AveragePooling2D',
        config: { name, pool_size: spatial.get(name) ?? [], strides: null, padding: 'valid' },
      };
    return { ...layer, config };
  });
  return {
    ...artifact,
    topology: { ...artifact.topology, config: { ...artifact.topology.config, layers } },
    weights: artifact.weights.map((tensor) =>
      tensor.name.endsWith('/kernel') ? blockDiagonal(tensor, groups.get(tensor.name.slice(0, -'/kernel'.length)) ?? 1) : tensor,
    ),
  };
}

function blockDiagonal(tensor: NamedTensor, groups: number): NamedTensor {
  if (groups === 1) return tensor;
  const [inputs, outputs] = [tensor.shape.at(-2) ?? 1, tensor.shape.at(-1) ?? 1];
  const data = new Float32Array(tensor.data.length * groups);
  for (let at = 0; at < tensor.data.length; at++) {
    const [output, input, window] = [at % outputs, Math.floor(at / outputs) % inputs, Math.floor(at / outputs / inputs)];
    const group = Math.floor(output / (outputs / groups));
    data[(window * inputs * groups + group * inputs + input) * outputs + output] = tensor.data[at]!;
  }
  return { ...tensor, shape: [...tensor.shape.slice(0, -2), inputs * groups, outputs], data };
}
