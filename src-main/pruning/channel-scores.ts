// How a criterion judges the channels of a group: member by member, combined, made comparable with other groups.
import { criterionNamed } from '#criteria/all-criteria.ts';
import type { Criterion } from '#criteria/criterion.ts';
import type { Recipe } from '#contract/recipe.ts';
import { axisFromFront, type ChannelSlice, type DependencyGroup } from '#network/channel-groups.ts';
import type { ModelArtifact, NamedTensor } from '#network/model-artifact.ts';
import { weightsByLayer } from '#network/layer-weights.ts';
import { tensorOf, zeroChannels, type TensorsByLayer } from './channel-cuts.ts';
import { axisKey, evidenceFor, noEvidence, type Evidence } from './evidence.ts';
import { draws } from './random-scores.ts';
import { productSlices, rectifiedOutputs, scaleSlices, scoredSlices } from './scored-members.ts';
import { notANumber } from './select-smallest.ts';
import { runsAlong } from './tensor-axes.ts';

export type HowToScore = Pick<Recipe, 'criterion' | 'combine' | 'normalise' | 'seed'>;

/** What one tensor, or one layer's output, tells of the group's channels: sums, and how many numbers each is a sum of. */
interface Member {
  readonly sums: Float64Array;
  readonly counts: Float64Array;
}

/**
 * One score a channel, the least first to go. A member is a kernel that makes or filters the channels on their way (of all producers and
 * depthwise convolutions; no biases), a batch-norm scale or a ReLU's answers, as the criterion wants. They become one score by
 * `combine`: `sum` pools all their numbers, `mean` and `max` are over the members' scores, `first` is the first producer's.
 * `normalise` then makes groups comparable: see the contract. Example, magnitude by size: a filter of 27 weights of 2 each and its
 * depthwise filter of 9 weights of 4 have (27 · 2 + 9 · 4) / 36 = 2.5.
 *
 * A channel whose kernels are all zero comes first whatever the criterion, so that a pruned network counts what it has lost before.
 * StudioError `diverged` where a score is NaN, `bad-input` where the evidence that the criterion needs isn't there.
 */
export function channelScores(
  artifact: ModelArtifact,
  group: DependencyGroup,
  recipe: HowToScore,
  evidence: Evidence = noEvidence,
): Float64Array {
  return scoresAmong(artifact, weightsByLayer(artifact), group, recipe, evidence);
}

export function scoresAmong(
  artifact: ModelArtifact,
  tensors: TensorsByLayer,
  group: DependencyGroup,
  recipe: HowToScore,
  evidence: Evidence,
): Float64Array {
  const criterion = criterionNamed(recipe.criterion);
  const { channels, id } = group.group;
  const normalise = recipe.normalise === 'auto' ? (criterion.normalise ?? 'none') : recipe.normalise;
  const members = membersOf(artifact, tensors, group, criterion, recipe.seed, evidence);
  const scores = combined(members, channels, recipe.combine, normalise === 'size', criterion.finish ?? ((sum) => sum));
  if (scores.some(Number.isNaN)) throw notANumber(`layer "${id}"`);
  const divisor = normalise === 'max' || normalise === 'mean' ? scaleOf(scores, normalise) : 1;
  const dead = criterion.asMagnitude === true ? null : zeroChannels(tensors, group, scoredSlices(group));
  return scores.map((score, channel) => (dead?.[channel] === 1 ? -Infinity : score / divisor));
}

function membersOf(
  artifact: ModelArtifact,
  tensors: TensorsByLayer,
  group: DependencyGroup,
  criterion: Criterion,
  seed: number,
  evidence: Evidence,
): readonly Member[] {
  const { channels, id } = group.group;
  if (criterion.looksAt === 'chance')
    return [{ sums: Float64Array.from(draws(seed, id, new Uint8Array(channels).fill(1))), counts: new Float64Array(channels).fill(1) }];
  if (criterion.looksAt === 'activations')
    return rectifiedOutputs(artifact, group).map((output) => spread(channels, output, evidenceFor(evidence, output.layer, criterion), 1));
  const slices =
    criterion.looksAt === 'scales'
      ? scaleSlices(group)
      : criterion.looksAt === 'products'
        ? productSlices(group, criterion)
        : scoredSlices(group);
  return slices.flatMap((slice) => {
    const tensor = tensorOf(slice, tensors);
    if (tensor === undefined) return [];
    const axis = axisFromFront(slice.axis, tensor.shape.length);
    const along = runsAlong(tensor.shape, axis);
    if (criterion.looksAt === 'products')
      return [spread(channels, slice, evidenceFor(evidence, axisKey(tensor.name, axis), criterion), along.outer * along.inner)];
    const sums = new Float64Array(along.length);
    criterion.add(sums, criterion.looksAt === 'movement' ? evidenceFor(evidence, tensor.name, criterion) : float32(tensor), along);
    return [spread(channels, slice, sums, along.outer * along.inner)];
  });
}

/** From entries of an axis to channels of the group; `each` numbers were summed up for an entry. */
function spread(
  channels: number,
  slice: Pick<ChannelSlice, 'positions' | 'channels'>,
  entries: Float32Array | Float64Array,
  each: number,
): Member {
  const member = { sums: new Float64Array(channels), counts: new Float64Array(channels) };
  slice.positions.forEach((position, at) => {
    member.sums[slice.channels[at]!]! += entries[position]!;
    member.counts[slice.channels[at]!]! += each;
  });
  return member;
}

function combined(
  members: readonly Member[],
  channels: number,
  combine: Recipe['combine'],
  bySize: boolean,
  finish: (sum: number) => number,
): Float64Array {
  const scoreOf = (sum: number, count: number): number => finish(bySize ? sum / Math.max(count, 1) : sum);
  return Float64Array.from({ length: channels }, (_, channel) => {
    const own = members.filter(({ counts }) => counts[channel]! > 0);
    if (combine === 'sum') {
      const total = (kind: keyof Member): number => own.reduce((sum, member) => sum + member[kind][channel]!, 0);
      return scoreOf(total('sums'), total('counts'));
    }
    const scores = own.map(({ sums, counts }) => scoreOf(sums[channel]!, counts[channel]!));
    if (combine === 'first') return scores[0] ?? 0;
    return combine === 'max' ? Math.max(...scores) : scores.reduce((sum, score) => sum + score, 0) / Math.max(scores.length, 1);
  });
}

/** The largest or mean absolute score; 1 where all are 0. */
function scaleOf(scores: Float64Array, kind: 'max' | 'mean'): number {
  const sizes = scores.map(Math.abs);
  const scale =
    kind === 'max' ? sizes.reduce((most, size) => Math.max(most, size), 0) : sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
  return scale > 0 ? scale : 1;
}

function float32({ data }: NamedTensor): Float32Array {
  return data instanceof Float32Array ? data : Float32Array.from(data);
}
