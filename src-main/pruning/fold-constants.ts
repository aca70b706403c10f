// Puts what a removed channel would still have sent, sigmoid's 0.5 say, into the bias of the layer that consumed it.
import { axisFromFront, channelOf, type DependencyGroup } from '#network/channel-groups.ts';
import { roleOf, weightsByLayer } from '#network/layer-weights.ts';
import type { ModelArtifact, NamedTensor } from '#network/model-artifact.ts';

/**
 * Consumers with a constant input c from removed channels get bias + c · Σ their kernel rows, which is exact for dense layers and
 * convolutions without padding — others' groups are not prunable in the first place. Returns new biases by name; a layer
 * without one gets one.
 */
export function foldedBiases(artifact: ModelArtifact, groups: readonly DependencyGroup[], removal: ReadonlyMap<string, readonly number[]>): Map<string, NamedTensor> {
  const weights = weightsByLayer(artifact);
  const biases = new Map<string, NamedTensor>();
  for (const { group, consumers, slices } of groups) {
    const gone = new Set(removal.get(group.id) ?? []);
    for (const { layer, constant } of consumers) {
      const slice = slices.find((candidate) => candidate.layer === layer && candidate.weight === 'kernel' && candidate.consumed);
      const kernel = weights.get(layer)?.find(({ name }) => roleOf(name) === 'kernel');
      if (constant === 0 || gone.size === 0 || slice === undefined || kernel === undefined) continue;
      const outputs = kernel.shape.at(-1) ?? 1;
      const axis = axisFromFront(slice.axis, kernel.shape.length);
      const inner = kernel.shape.slice(axis + 1).reduce((all, size) => all * size, 1);
      const length = kernel.shape[axis] ?? 1;
      const added = new Float64Array(outputs);
      kernel.data.forEach((value, index) => {
        if (gone.has(channelOf(Math.floor(index / inner) % length, group.channels, slice.repeat))) added[index % outputs]! += constant * value;
      });
      const name = `${kernel.name.slice(0, -'kernel'.length)}bias`;
      const bias = biases.get(name)?.data ?? weights.get(layer)?.find((tensor) => tensor.name === name)?.data;
      biases.set(name, { name, dtype: 'float32', shape: [outputs], data: Float32Array.from(added, (more, unit) => (bias?.[unit] ?? 0) + more) });
    }
  }
  return biases;
}
