// Which tensor belongs to which layer: `conv1/kernel` is the kernel of conv1.
import type { ModelArtifact, NamedTensor } from './model-artifact.ts';

/** The tensors of each layer by layer name, in the artifact's order. */
export function weightsByLayer(artifact: ModelArtifact): ReadonlyMap<string, readonly NamedTensor[]> {
  const byLayer = new Map<string, NamedTensor[]>();
  for (const tensor of artifact.weights) {
    const layer = layerOf(tensor.name);
    const tensors = byLayer.get(layer);
    if (tensors === undefined) byLayer.set(layer, [tensor]);
    else tensors.push(tensor);
  }
  return byLayer;
}

export function layerOf(tensor: string): string {
  const slash = tensor.indexOf('/');
  return slash === -1 ? tensor : tensor.slice(0, slash);
}

/** What follows the layer's name: `kernel` of `conv1/kernel`, `query/kernel` of `attention/query/kernel`. */
export function roleOf(tensor: string): string {
  return tensor.slice(tensor.indexOf('/') + 1);
}

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
