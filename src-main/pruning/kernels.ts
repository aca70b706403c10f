// The kernels of a network: the weights that pruning may set to zero.
import { readGraph } from '#network/graph.ts';
import { inputAxisOf } from '#network/kernel-inputs.ts';
import { roleOf, weightsByLayer } from '#network/layer-weights.ts';
import { layerKind } from '#network/layers/layer-table.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';

export interface Kernel {
  /** The tensor's name. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
  /** Along which an output's inputs lie; null where it has one input channel alone. */
  readonly inputAxis: number | null;
}

export interface PrunableKernels {
  readonly layer: string;
  readonly tensors: readonly Kernel[];
}

/** The kernels of every layer that has some, in the order of the layers; never biases, normalization or embeddings. */
export function prunableKernels(artifact: ModelArtifact): readonly PrunableKernels[] {
  const weights = weightsByLayer(artifact);
  const types = new Map(readGraph(artifact.topology).nodes.map(({ layer, type }) => [layer, type]));
  return [...types].flatMap(([layer, type]) => {
    const roles = layerKind(type)?.kernels ?? [];
    const tensors = (weights.get(layer) ?? []).flatMap(({ name, shape, data }) =>
      roles.includes(roleOf(name)) && data instanceof Float32Array
        ? [{ name, shape, data, inputAxis: inputAxisOf(type, roleOf(name), shape.length) }]
        : [],
    );
    return tensors.length === 0 ? [] : [{ layer, tensors }];
  });
}
