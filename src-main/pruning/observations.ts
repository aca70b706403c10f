// What has to be watched while data run through a network, for criteria that look beyond its weights.
import { criterionNamed, dataFreeCriteria, dataNeeded } from '#criteria/all-criteria.ts';
import { eachOf, type Runs } from '#criteria/along.ts';
import { StudioError } from '#contract/errors.ts';
import type { Recipe } from '#contract/recipe.ts';
import { axisFromFront } from '#network/channel-groups.ts';
import { weightsByLayer } from '#network/layer-weights.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { tensorOf } from './channel-cuts.ts';
import { prunableGroups } from './channel-selection.ts';
import { prunesChannels } from './check-criterion.ts';
import { axisKey, noEvidence, type Evidence } from './evidence.ts';
import { rectifiedOutputs, scoredSlices } from './scored-members.ts';
import { runsAlong } from './tensor-axes.ts';
import { layersToPrune } from './weight-masks.ts';

/** Weight times gradient of one tensor, summed up along an axis of it or weight by weight, kept under `key`. */
export interface WatchedProducts {
  readonly tensor: string;
  readonly key: string;
  readonly along: Runs;
}

export function productsToWatch(artifact: ModelArtifact, recipe: Recipe): readonly WatchedProducts[] {
  if (!prunesChannels(recipe)) {
    const kernels = layersToPrune(artifact, recipe).flatMap(({ tensors }) => tensors);
    return kernels.map(({ name, data }) => ({ tensor: name, key: name, along: eachOf(data.length) }));
  }
  const tensors = weightsByLayer(artifact);
  const all = prunableGroups(artifact, recipe).flatMap((group) =>
    scoredSlices(group).flatMap((slice): WatchedProducts[] => {
      const tensor = tensorOf(slice, tensors);
      if (tensor === undefined) return [];
      const axis = axisFromFront(slice.axis, tensor.shape.length);
      return [{ tensor: tensor.name, key: axisKey(tensor.name, axis), along: runsAlong(tensor.shape, axis) }];
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
    productsToWatch(artifact, recipe).map(({ tensor, key, along }) => {
      const sums = new Float32Array(along.length);
      criterion.add(sums, magnitudes.get(tensor) ?? sums, along);
      return [key, sums];
    }),
  );
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
