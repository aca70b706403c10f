// Chooses weights to set to zero: single ones, whole blocks, or n of every m.
import { StudioError } from '#contract/errors.ts';
import type { Recipe } from '#contract/recipe.ts';
import { withWeights } from '#network/edit-artifact.ts';
import type { ModelArtifact, TensorData } from '#network/model-artifact.ts';
import { checkCriterion } from './check-criterion.ts';
import { noEvidence, type Evidence } from './evidence.ts';
import { prunableKernels, type Kernel, type PrunableKernels } from './kernels.ts';
import { reachedShare } from './layer-patterns.ts';
import { checkNmOverrides, nmMask } from './nm-masks.ts';
import { rankings, type Ranking } from './rankings.ts';
import { selectSmallest, type Order } from './select-smallest.ts';
import { blockScores, spreadBlocks, weightScores } from './weight-scores.ts';

/** By tensor name, an entry a weight: 1 = kept, 0 = removed. Tensors that aren't named are whole. */
export type Masks = ReadonlyMap<string, Uint8Array>;

/**
 * What the score of a weight that is pruned already is multiplied by where it may come back: the thresholds of dynamic network surgery are 0.9
 * and 1.1 times one number, and between the two a weight stays what it is (Guo, Yao and Chen 2016), else those near the threshold would come
 * and go with each step. Example: pruned at 0.30, a weight takes the place of one kept at 0.24 (0.30 · 9/11 = 0.245), not of one at 0.25.
 */
export const RELUCTANCE = 0.9 / 1.1;

/**
 * Exactly round(sparsity × n) of n weights or blocks go: of all that no override names (scope `global`), or of each layer (scope `layer`).
 * Of n:m every kernel loses the same share, whatever the scope. Weights that are zero already go first, so pruning a pruned network
 * counts what it has lost before; only movement may take them back. `held`: the masks so far, where single weights may come back, and then
 * have to be larger than those they replace (`RELUCTANCE`).
 * StudioError `bad-input` where nothing can be pruned, the criterion doesn't rank weights or lacks its data, or an override matches no
 * layer; `diverged` where a weight or score is NaN.
 */
export function selectWeightMasks(
  artifact: ModelArtifact,
  recipe: Recipe,
  sparsity: number,
  evidence: Evidence = noEvidence,
  held: Masks = new Map(),
): Map<string, Uint8Array> {
  const criterion = checkCriterion(recipe);
  const layers = layersToPrune(artifact, recipe);
  const order: Order = criterion.signed === true ? 'value' : 'magnitude';
  if (recipe.granularity === 'n:m') checkNmOverrides(recipe);
  const ranked = rankings(artifact, layers, ({ layer }) => [layer], recipe, sparsity);
  const chosen = new Map(ranked.flatMap((ranking) => [...masksOf(ranking)]));
  return new Map(layers.flatMap(({ tensors }) => tensors.flatMap(({ name }) => (chosen.has(name) ? [[name, chosen.get(name)!]] : []))));

  function masksOf({ items, sparsity: share }: Ranking<PrunableKernels>): Map<string, Uint8Array> {
    const kernels = items.flatMap(({ tensors }) => tensors);
    if (recipe.granularity === 'n:m') {
      const reached = share === 0 ? 0 : reachedShare(recipe, sparsity);
      return named(kernels, (kernel) => nmMask(kernel, weightScores(kernel, recipe, evidence), recipe, { reached, order }));
    }
    const blocks = recipe.granularity === 'block';
    const scores = kernels.map((kernel) =>
      blocks ? blockScores(kernel, recipe, evidence) : reluctant(weightScores(kernel, recipe, evidence), held.get(kernel.name), order),
    );
    const count = scores.reduce((sum, { length }) => sum + length, 0);
    const masks = selectSmallest(scores, Math.round(share * count), order);
    return named(kernels, (kernel, at) => (blocks ? spreadBlocks(kernel, recipe, masks[at]!) : masks[at]!));
  }
}

/** Where scores have signs, as movement's, nothing is nearer to a threshold by being smaller, and they stay as they are. */
function reluctant(scores: Float32Array, held: Uint8Array | undefined, order: Order): Float32Array {
  if (held === undefined || order === 'value') return scores;
  return scores.map((score, at) => (held[at] === 0 ? score * RELUCTANCE : score));
}

function named(kernels: readonly Kernel[], maskOf: (kernel: Kernel, at: number) => Uint8Array): Map<string, Uint8Array> {
  return new Map(kernels.map((kernel, at) => [kernel.name, maskOf(kernel, at)]));
}

/** The layers and kernels whose weights the granularity may remove. */
export function layersToPrune(artifact: ModelArtifact, { granularity }: Pick<Recipe, 'granularity'>): readonly PrunableKernels[] {
  const all = prunableKernels(artifact);
  const layers =
    granularity === 'n:m'
      ? all.flatMap(({ layer, tensors }) => {
          const fitting = tensors.filter(({ inputAxis }) => inputAxis !== null);
          return fitting.length === 0 ? [] : [{ layer, tensors: fitting }];
        })
      : all;
  if (layers.length > 0) return layers;
  throw new StudioError(
    'bad-input',
    all.length === 0
      ? 'The network has no layer with prunable weights: it has neither dense, convolutional nor recurrent kernels.'
      : 'No kernel of this network has several inputs to choose n of m among: all are depthwise.',
    { where: 'granularity' },
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
