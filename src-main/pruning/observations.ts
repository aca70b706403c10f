// What has to be watched while data run through a network, for criteria that look beyond its weights.
import { criterionNamed, dataFreeCriteria, dataNeeded } from '#criteria/all-criteria.ts';
import { addAlong, eachOf, type Runs } from '#criteria/along.ts';
import type { Criterion, Scores } from '#criteria/criterion.ts';
import { StudioError } from '#contract/errors.ts';
import type { Recipe } from '#contract/recipe.ts';
import { axisFromFront } from '#network/channel-groups.ts';
import { roleOf, weightsByLayer } from '#network/layer-weights.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { tensorOf } from './channel-cuts.ts';
import { prunableGroups } from './channel-selection.ts';
import { prunesChannels } from './check-criterion.ts';
import { axisKey, noEvidence, type Evidence } from './evidence.ts';
import { productSlices, rectifiedOutputs } from './scored-members.ts';
import { runsAlong } from './tensor-axes.ts';
import { layersToPrune } from './weight-masks.ts';

/** Weight times gradient of some tensors, each summed up along an axis of its own (or weight by weight), all to be added up under `key`. */
export interface WatchedProducts {
  readonly key: string;
  readonly length: number;
  readonly parts: readonly { readonly tensor: string; readonly along: Runs }[];
}

/**
 * Single kernels, but for criteria that score a gate on each channel: closing it takes the bias along, and where a batch normalization
 * follows the gate stands behind it (γ · ∂L/∂γ + β · ∂L/∂β), as the loss doesn't feel the size of a kernel that is normalized.
 */
export function productsToWatch(artifact: ModelArtifact, recipe: Recipe): readonly WatchedProducts[] {
  if (!prunesChannels(recipe)) {
    const kernels = layersToPrune(artifact, recipe).flatMap(({ tensors }) => tensors);
    return kernels.map(({ name, data: { length } }) => ({ key: name, length, parts: [{ tensor: name, along: eachOf(length) }] }));
  }
  const criterion = criterionNamed(recipe.criterion);
  const tensors = weightsByLayer(artifact);
  const all = prunableGroups(artifact, recipe).flatMap((group) =>
    productSlices(group, criterion).flatMap((slice): WatchedProducts[] => {
      const tensor = tensorOf(slice, tensors);
      if (tensor === undefined) return [];
      const axis = axisFromFront(slice.axis, tensor.shape.length);
      const along = runsAlong(tensor.shape, axis);
      const shift = tensors.get(slice.layer)?.find(({ name }) => roleOf(name) === (slice.weight === 'gamma' ? 'beta' : 'bias'));
      const shifts =
        criterion.gates === true && shift?.data.length === along.length ? [{ tensor: shift.name, along: eachOf(along.length) }] : [];
      return [{ key: axisKey(tensor.name, axis), length: along.length, parts: [{ tensor: tensor.name, along }, ...shifts] }];
    }),
  );
  // A kernel that several groups share is watched once.
  return [...new Map(all.map((watched) => [watched.key, watched])).values()];
}

/** A layer's output, summed up along the axis (from the back) that the channels lie on, kept under the layer's name. */
export interface WatchedAnswers {
  readonly layer: string;
  readonly axis: number;
  readonly length: number;
}

export function answersToWatch(artifact: ModelArtifact, recipe: Recipe): readonly WatchedAnswers[] {
  const all = prunableGroups(artifact, recipe).flatMap((group) => rectifiedOutputs(artifact, group));
  return [...new Map(all.map(({ layer, axis, length }) => [layer, { layer, axis, length }])).values()];
}

/** Evidence from the weights alone, for a plan before any data have been seen: magnitudes in place of gradients, every ReLU firing. */
export function standIn(artifact: ModelArtifact, recipe: Recipe): Evidence {
  const criterion = criterionNamed(recipe.criterion);
  if (criterion.looksAt === 'activations')
    return new Map(answersToWatch(artifact, recipe).map(({ layer, length }) => [layer, new Float64Array(length).fill(1)]));
  if (criterion.looksAt !== 'products' && criterion.looksAt !== 'movement') return noEvidence;
  const magnitudes = new Map(artifact.weights.map(({ name, data }) => [name, Float32Array.from(data, Math.abs)]));
  if (criterion.looksAt === 'movement') return magnitudes;
  return new Map(
    productsToWatch(artifact, recipe).map((watched) => {
      const sums = new Float32Array(watched.length);
      addProducts(sums, watched, magnitudes, criterion);
      return [watched.key, sums];
    }),
  );
}

/** Adds one batch's products, by tensor, to the scores of what is watched. */
export function addProducts(
  scores: Scores,
  { length, parts }: WatchedProducts,
  products: ReadonlyMap<string, Float32Array>,
  criterion: Criterion,
): void {
  const [first, ...shifts] = parts;
  if (first === undefined) return;
  if (shifts.length === 0) {
    criterion.add(scores, products.get(first.tensor)!, first.along);
    return;
  }
  const gate = new Float64Array(length);
  for (const { tensor, along } of parts) addAlong(gate, products.get(tensor)!, along, (product) => product);
  criterion.add(scores, gate, eachOf(length));
}

/** StudioError `bad-input` naming the criteria that need no data, where the recipe's needs some and there are none. */
export function checkDataFor({ criterion }: Pick<Recipe, 'criterion'>, hasData: boolean): void {
  const needed = dataNeeded(criterionNamed(criterion));
  if (needed === null || hasData) return;
  throw new StudioError('bad-input', `The criterion "${criterion}" judges by ${needed}, and there are no data to take them from.`, {
    where: 'criterion',
    whatToDo: `Give a dataset, or take one of ${dataFreeCriteria.join(', ')}.`,
  });
}
