// Which kernels, batch-norm scales and outputs of a group a criterion looks at, and which groups it can rank at all.
import type { Criterion } from '#criteria/criterion.ts';
import type { ChannelOutput, ChannelSlice, DependencyGroup } from '#network/channel-groups.ts';
import { activationOf, numberOf } from '#network/config-values.ts';
import { readGraph, type GraphNode } from '#network/graph.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';

/** Kernels that make or filter the channels. */
export function scoredSlices({ slices }: DependencyGroup): readonly ChannelSlice[] {
  return slices.filter(({ scored }) => scored);
}

export function scaleSlices({ slices }: DependencyGroup): readonly ChannelSlice[] {
  return slices.filter(({ weight, consumed }) => weight === 'gamma' && !consumed);
}

/** What a gradient is asked of: kernels, or, for a gate on channels that are normalized, the scales behind them. */
export function productSlices(group: DependencyGroup, { gates }: Pick<Criterion, 'gates'>): readonly ChannelSlice[] {
  const scales = scaleSlices(group);
  return gates === true && coversAll(group, scales) ? scales : scoredSlices(group);
}

/** What ReLUs send on: answers of which exactly 0 means that the channel did not fire. */
export function rectifiedOutputs({ topology }: ModelArtifact, { outputs }: DependencyGroup): readonly ChannelOutput[] {
  const nodes = new Map(readGraph(topology).nodes.map((node) => [node.layer, node]));
  return outputs.filter(({ layer }) => isRectifier(nodes.get(layer)));
}

function isRectifier(node: GraphNode | undefined): boolean {
  if (node === undefined) return false;
  if (node.type === 'ReLU') return numberOf(node.config, 'negative_slope', 0) === 0 && numberOf(node.config, 'threshold', 0) >= 0;
  return ['relu', 'relu6'].includes(activationOf(node.config));
}

/** Why a group's channels can't be ranked, as the end of "…, as "; null where they can. */
export function whyUnranked(artifact: ModelArtifact, group: DependencyGroup, { looksAt }: Pick<Criterion, 'looksAt'>): string | null {
  if (looksAt === 'scales')
    return coversAll(group, scaleSlices(group)) ? null : 'not all its channels go through a batch normalization with a scale';
  if (looksAt === 'activations')
    return coversAll(group, rectifiedOutputs(artifact, group))
      ? null
      : 'not all its channels go through a ReLU, whose zeros could be counted';
  return null;
}

function coversAll({ group }: DependencyGroup, parts: readonly { readonly channels: Int32Array }[]): boolean {
  return new Set(parts.flatMap(({ channels }) => [...channels])).size === group.channels;
}
