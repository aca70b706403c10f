// Chooses single weights to remove by their magnitude, over the whole network or layer by layer.
import { StudioError } from '#contract/errors.ts';
import type { Recipe } from '#contract/recipe.ts';
import { withWeights } from '#network/edit-artifact.ts';
import { readGraph } from '#network/graph.ts';
import { roleOf, weightsByLayer } from '#network/layer-weights.ts';
import { layerKind } from '#network/layers/layer-table.ts';
import type { ModelArtifact, TensorData } from '#network/model-artifact.ts';
import { overriddenSparsities } from './layer-patterns.ts';
import { selectSmallest } from './select-smallest.ts';

/** By tensor name, an entry a weight: 1 = kept, 0 = removed. Tensors that aren't named are whole. */
export type Masks = ReadonlyMap<string, Uint8Array>;

export interface PrunableKernels {
  readonly layer: string;
  readonly tensors: readonly { readonly name: string; readonly data: Float32Array }[];
}

/** The kernels of every layer that has some, in the order of the layers; never biases, normalization or embeddings. */
export function prunableKernels(artifact: ModelArtifact): readonly PrunableKernels[] {
  const weights = weightsByLayer(artifact);
  const layers = new Map(readGraph(artifact.topology).nodes.map((node) => [node.layer, layerKind(node.type)?.kernels ?? []]));
  return [...layers].flatMap(([layer, kernels]) => {
    const tensors = (weights.get(layer) ?? []).flatMap(({ name, data }) =>
      kernels.includes(roleOf(name)) && data instanceof Float32Array ? [{ name, data }] : [],
    );
    return tensors.length === 0 ? [] : [{ layer, tensors }];
  });
}

/**
 * Exactly round(sparsity × n) of n weights go: of all that no override names (scope `global`), or of each layer (scope `layer`).
 * Weights that are zero already go first, so pruning a pruned network counts what it has lost before.
 * StudioError `bad-input` where nothing can be pruned or an override matches no layer, `diverged` where a weight is NaN.
 */
export function selectWeightMasks(artifact: ModelArtifact, recipe: Recipe, sparsity: number): Map<string, Uint8Array> {
  const layers = prunableKernels(artifact);
  if (layers.length === 0) {
    throw new StudioError(
      'bad-input',
      'The network has no layer with prunable weights: it has neither dense, convolutional nor recurrent kernels.',
      { where: 'granularity' },
    );
  }
  const overrides = overriddenSparsities(
    recipe,
    sparsity,
    layers.map(({ layer }) => [layer]),
  );
  const shared = layers.filter((_, at) => overrides[at] === null);
  const ranked = [
    ...(recipe.scope === 'global' ? [{ layers: shared, sparsity }] : shared.map((layer) => ({ layers: [layer], sparsity }))),
    ...layers.flatMap((layer, at) => (typeof overrides[at] === 'number' ? [{ layers: [layer], sparsity: overrides[at] }] : [])),
  ];
  const chosen = new Map(
    ranked.flatMap((ranking) => {
      const tensors = ranking.layers.flatMap((layer) => layer.tensors);
      const masks = selectSmallest(
        tensors.map(({ data }) => data),
        Math.round(ranking.sparsity * tensors.reduce((sum, { data }) => sum + data.length, 0)),
      );
      return tensors.map(({ name }, at) => [name, masks[at] ?? new Uint8Array(0)] as const);
    }),
  );
  return new Map(
    layers.flatMap(({ tensors }) =>
      tensors.flatMap(({ name }) => {
        const mask = chosen.get(name);
        return mask === undefined ? [] : [[name, mask] as const];
      }),
    ),
  );
}

/** The network with every masked entry exactly 0; other tensors are shared with the original. */
export function applyMasks(artifact: ModelArtifact, masks: Masks): ModelArtifact {
  const masked = new Map<string, TensorData>();
  for (const { name, data } of artifact.weights) {
    const mask = masks.get(name);
    if (mask === undefined) continue;
    if (mask.length !== data.length) throw new RangeError(`the mask of ${name} has ${mask.length} entries, the tensor ${data.length}`);
    const numbers = data.slice();
    for (let index = 0; index < mask.length; index++) if (mask[index] === 0) numbers[index] = 0;
    masked.set(name, numbers);
  }
  return withWeights(artifact, masked);
}
