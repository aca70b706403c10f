// The dry run: what a recipe would leave of a network, and what that brings, before anything is touched.
import { criterionNamed, dataNeeded } from '#criteria/all-criteria.ts';
import type { NetworkSummary } from '#contract/network.ts';
import type { Plan } from '#contract/procedures.ts';
import type { Recipe } from '#contract/recipe.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { summariseNetwork } from '#network/summarise.ts';
import { maskChannels } from './channel-masks.ts';
import { prunableGroups, selectChannels, type Removal } from './channel-selection.ts';
import { compactChannels } from './compact.ts';
import { sweepDeadChannels } from './dead-channels.ts';
import { standIn } from './observations.ts';
import { prunesChannels } from './check-criterion.ts';
import { skippedLayers } from './skipped-layers.ts';
import { applyMasks, layersToPrune, selectWeightMasks, type Masks } from './weight-masks.ts';

/**
 * `after` is the network at the recipe's final sparsity as it stands now; fine-tuning changes numbers, never counts. No data are at hand:
 * where the criterion judges by them, magnitudes stand in for their scores, and `estimate` says what that leaves open.
 */
export function planPruning(artifact: ModelArtifact, recipe: Recipe): Plan {
  const before = summariseNetwork(artifact);
  const { layers, pruned } = prunesChannels(recipe) ? planChannels(artifact, recipe) : planWeights(artifact, recipe);
  const after = summariseNetwork(pruned);
  const removed = layers.reduce((sum, layer) => sum + layer.removed, 0);
  const total = layers.reduce((sum, layer) => sum + layer.total, 0);
  return {
    before,
    after,
    removed,
    total,
    layers,
    skipped: skippedLayers(artifact, before, recipe),
    ...estimateOf(recipe),
    verdict: verdictOn(before, after, recipe, removed / Math.max(total, 1)),
  };
}

/** The network that the plan is of. */
export function plannedNetwork(artifact: ModelArtifact, recipe: Recipe): ModelArtifact {
  return (prunesChannels(recipe) ? planChannels(artifact, recipe) : planWeights(artifact, recipe)).pruned;
}

function planWeights(artifact: ModelArtifact, recipe: Recipe): { layers: Plan['layers']; pruned: ModelArtifact } {
  const masks = selectWeightMasks(artifact, recipe, recipe.sparsity, standIn(artifact, recipe));
  const masked = applyMasks(artifact, masks);
  return { layers: weightsByLayer(artifact, recipe, masks), pruned: sweepsAtOnce(recipe) ? sweepDeadChannels(masked).network : masked };
}

function planChannels(artifact: ModelArtifact, recipe: Recipe): { layers: Plan['layers']; pruned: ModelArtifact } {
  const removal = selectChannels(artifact, recipe, recipe.sparsity, standIn(artifact, recipe));
  return {
    layers: channelsByLayer(artifact, recipe, removal),
    pruned: (recipe.compact ? compactChannels : maskChannels)(artifact, removal),
  };
}

function weightsByLayer(artifact: ModelArtifact, recipe: Recipe, masks: Masks): Plan['layers'] {
  return layersToPrune(artifact, recipe).map(({ layer, tensors }) => ({
    name: layer,
    removed: tensors.reduce((sum, { name }) => sum + zerosOf(masks.get(name)), 0),
    total: tensors.reduce((sum, { data }) => sum + data.length, 0),
  }));
}

function zerosOf(mask: Uint8Array | undefined): number {
  return mask === undefined ? 0 : mask.reduce((zeros, kept) => zeros + 1 - kept, 0);
}

function channelsByLayer(artifact: ModelArtifact, recipe: Recipe, removal: Removal): Plan['layers'] {
  return prunableGroups(artifact, recipe).map(({ group }) => ({
    name: group.id,
    removed: removal.get(group.id)?.length ?? 0,
    total: group.channels,
  }));
}

/** What is dead once all has gone at once stays so; where weights go while the network is trained, it is not known yet. */
function sweepsAtOnce({ sweep, schedule, splice, reinitialise }: Recipe): boolean {
  return sweep && schedule === 'one-shot' && splice === 0 && !reinitialise;
}

function estimateOf(recipe: Recipe): Pick<Plan, 'estimate'> {
  const sentences = [
    scoresEstimate(recipe),
    recipe.sweep && !prunesChannels(recipe) && !sweepsAtOnce(recipe)
      ? 'How many channels will be left dead and go too shows once the network is trained.'
      : undefined,
  ].filter((sentence) => sentence !== undefined);
  return sentences.length === 0 ? {} : { estimate: sentences.join(' ') };
}

function scoresEstimate(recipe: Recipe): string | undefined {
  const needed = dataNeeded(criterionNamed(recipe.criterion));
  if (needed === null) return undefined;
  const [things, whole] = [prunesChannels(recipe) ? 'channels' : 'weights', recipe.scope === 'global' && recipe.granularity !== 'n:m'];
  return whole
    ? `How many ${things} go in all is exact; how many each layer gives, ${needed} will decide: here magnitudes stand in for them.`
    : `How many ${things} go of each layer is exact; which ones, ${needed} will decide.`;
}

/** One sentence, honest about speed: TensorFlow's kernels multiply by zeros as by anything else. */
function verdictOn(before: NetworkSummary, after: NetworkSummary, recipe: Recipe, share: number): string {
  if (share === 0) return 'This removes nothing: the network stays as large and as fast as it is.';
  const percent = `${(100 * share).toFixed(1).replace(/\.0$/, '')}\u00a0%`;
  if (!prunesChannels(recipe)) {
    const file = `${inBytes(after.bytes.gzip)} gzipped (from ${inBytes(before.bytes.gzip)}) or ${inBytes(after.bytes.sparse)} sparsely encoded`;
    if (after.parameters === before.parameters)
      return `${percent} of the weights become zero, which makes the network no faster in this runtime: what shrinks is the file, to ${file}.`;
    return (
      `${percent} of the weights become zero, and the channels that are dead then go for good: ${inThousands(after.macs)} MACs in place of ` +
      `${inThousands(before.macs)} (${change(before.macs, after.macs)}), less work for any runtime. The file shrinks to ${file}.`
    );
  }
  const kind = recipe.granularity === 'neuron' ? 'neurons' : 'filters';
  if (!recipe.compact) {
    return (
      `${percent} of the ${kind} are zeroed but stay in place, so the network is no faster and no smaller in memory until it is compacted; gzipped it takes ` +
      `${inBytes(after.bytes.gzip)} (from ${inBytes(before.bytes.gzip)}).`
    );
  }
  return (
    `${percent} of the ${kind} go for good: ${inThousands(after.macs)} MACs in place of ${inThousands(before.macs)} (${change(before.macs, after.macs)}) and ` +
    `${inBytes(after.bytes.raw)} in place of ${inBytes(before.bytes.raw)}, less work for any runtime; how much time that saves, a measurement tells.`
  );
}

/** 135712 → "136 KB": three figures and a space that doesn't break, as all views have it. */
function inBytes(bytes: number): string {
  return inSteps(bytes, ['B', 'KB', 'MB', 'GB']);
}

/** 416520 → "417 k" */
function inThousands(count: number): string {
  return inSteps(count, ['', 'k', 'M', 'G']);
}

function inSteps(value: number, units: readonly [string, string, string, string]): string {
  const rounded = value < 1000 ? value : Number(value.toPrecision(3));
  const power = rounded < 1000 ? 0 : Math.min(3, Math.floor(Math.log10(rounded) / 3));
  const scaled = rounded / 1000 ** power;
  const figures = power === 0 ? String(value) : scaled.toFixed(Math.max(0, 2 - Math.floor(Math.log10(scaled))));
  return `${figures}${units[power] === '' ? '' : '\u00a0'}${units[power]}`;
}

function change(before: number, after: number): string {
  return before === 0 ? '±0 %' : `−${(100 * (1 - after / before)).toFixed(0)} %`;
}
