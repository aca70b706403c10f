// Every cut of every rule matters: one axis of one tensor cut at the wrong channels, or one constant not folded, is seen in the answers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { channelGroups } from '#network/channel-groups.ts';
import { weightsByLayer } from '#network/layer-weights.ts';
import type { ModelArtifact, NamedTensor } from '#network/model-artifact.ts';
import { entriesOf, type Removal } from '#pruning/channel-cuts.ts';
import { maskChannels } from '#pruning/channel-masks.ts';
import { compactChannels } from '#pruning/compact.ts';
import { cutTensor } from '#pruning/tensor-axes.ts';
import { largestDifference, predictAllInTfjs } from '../network/run-in-tfjs.ts';
import { withoutMissingLayers } from '../network/without-missing-layers.ts';
import { inputsFor } from './graphs.ts';
import { shaken } from './networks.ts';
import { patterns } from './patterns.ts';

for (const { what, topology } of patterns) {
  test(`faults in ${what}`, async () => {
    const artifact = shaken(topology, 3);
    const removal = new Map(
      channelGroups(artifact)
        .filter(({ group }) => group.prunable)
        .map(({ group }) => [group.id, [0]]),
    );
    const compacted = compactChannels(artifact, removal);
    const inputs = inputsFor(artifact, 5);
    const answers = async (network: ModelArtifact): Promise<Float32Array> => predictAllInTfjs(withoutMissingLayers(network), inputs);
    const right = await answers(maskChannels(artifact, removal));
    const rounding = largestDifference(right, await answers(compacted));
    assert.ok(rounding < 1e-5, `they differ by ${rounding}`);
    const faults = [...faultyTensors(artifact, removal), ...unfoldedBiases(artifact, removal, compacted)];
    assert.ok(faults.length > 0);
    const unseen: string[] = [];
    for (const { fault, tensor } of faults) {
      const faulty = { ...compacted, weights: compacted.weights.map((other) => (other.name === tensor.name ? tensor : other)) };
      if (largestDifference(right, await answers(faulty)) < 2e-6 + 4 * rounding) unseen.push(fault);
    }
    assert.deepEqual(unseen, []);
  });
}

/** Of each axis that is cut, once: the last entry goes in place of the first one that should. */
function faultyTensors(artifact: ModelArtifact, removal: Removal): { fault: string; tensor: NamedTensor }[] {
  const cuts = entriesOf(channelGroups(artifact), removal, weightsByLayer(artifact), () => true);
  return artifact.weights.flatMap((tensor) =>
    [...(cuts.get(tensor.name) ?? [])].flatMap(([axis, flags]) => {
      const wrong = flags.slice();
      wrong[flags.indexOf(1)] = 0;
      wrong[flags.lastIndexOf(0)] = 1;
      return [
        { fault: `${tensor.name}, axis ${axis}`, tensor: cutTensor(tensor, new Map([...(cuts.get(tensor.name) ?? []), [axis, wrong]])) },
      ];
    }),
  );
}

/** The old bias, cut, where something was folded into it; zeros where there was none. */
function unfoldedBiases(artifact: ModelArtifact, removal: Removal, compacted: ModelArtifact): { fault: string; tensor: NamedTensor }[] {
  const cuts = entriesOf(channelGroups(artifact), removal, weightsByLayer(artifact), () => true);
  const old = new Map(artifact.weights.map((tensor) => [tensor.name, tensor]));
  return compacted.weights
    .filter(({ name }) => name.endsWith('bias'))
    .flatMap((bias) => {
      const before = old.get(bias.name);
      const axes = cuts.get(bias.name);
      const plain =
        before === undefined
          ? { ...bias, data: new Float32Array(bias.data.length) }
          : axes === undefined
            ? before
            : cutTensor(before, axes);
      return plain.data.every((value, at) => value === bias.data[at]) ? [] : [{ fault: `${bias.name} unfolded`, tensor: plain }];
    });
}
