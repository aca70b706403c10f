// ResNet-50, MobileNetV2 and DenseNet-121: their groups, and that exactly the dead channels go, with no answer changed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Recipe } from '#contract/recipe.ts';
import type { ChannelGroup } from '#contract/network.ts';
import { channelGroups } from '#network/channel-groups.ts';
import { withWeights } from '#network/edit-artifact.ts';
import { initialise } from '#network/initialise.ts';
import { elementCount, weightsByLayer } from '#network/layer-weights.ts';
import { layerKind } from '#network/layers/layer-table.ts';
import { readGraph } from '#network/graph.ts';
import { inferShapes } from '#network/tensor-shapes.ts';
import type { ModelArtifact, TensorData, Topology } from '#network/model-artifact.ts';
import { createRandom, shuffledOrder } from '#network/random.ts';
import { channelScores } from '#pruning/channel-scores.ts';
import { selectChannels } from '#pruning/channel-selection.ts';
import { maskChannels } from '#pruning/channel-masks.ts';
import { compactChannels } from '#pruning/compact.ts';
import { largestDifference, predictInTfjs } from '../network/run-in-tfjs.ts';
import { denseNet121, mobileNetV2, original, resNet50, type Size } from './architectures.ts';
import { randomInputs, shaken } from './networks.ts';

/** Parameters as Keras 3.15 counts them with 10 classes. ResNet-50: the stem, two convolutions a block, and one sum a stage. */
const architectures: readonly {
  readonly name: string;
  readonly build: (size: Size) => Topology;
  readonly parameters: number;
  readonly groups: number;
  readonly channels: number;
  readonly thin: Size;
}[] = [
  {
    name: 'ResNet-50',
    build: resNet50,
    parameters: 23_608_202,
    groups: 37,
    channels: 64 + 2 * (3 * 64 + 4 * 128 + 6 * 256 + 3 * 512) + 4 * (64 + 128 + 256 + 512),
    thin: { thinner: 16, image: 32 },
  },
  { name: 'MobileNetV2', build: mobileNetV2, parameters: 2_270_794, groups: 25, channels: 9128, thin: { thinner: 8, image: 32 } },
  {
    name: 'DenseNet-121',
    build: denseNet121,
    parameters: 7_047_754,
    groups: 120,
    channels: 64 + 58 * (128 + 32) + 128 + 256 + 512,
    thin: { thinner: 8, image: 32 },
  },
];

for (const { name, build, parameters, groups, channels, thin } of architectures) {
  test(`${name} has ${parameters} parameters and ${groups} groups with ${channels} channels that can go; only its answer stays`, () => {
    const topology = build(original);
    assert.equal(countParameters(topology), parameters);
    const all = channelGroups({ topology, weights: [], metadata: {} }).map(({ group }) => group);
    assert.deepEqual(
      all.filter((group) => !group.prunable).map(({ id, why }) => [id, why]),
      [['predictions', "it makes the network's answer"]],
    );
    assert.equal(all.length - 1, groups);
    assert.equal(
      all.reduce((sum, group) => sum + (group.prunable ? group.channels : 0), 0),
      channels,
    );
  });

  test(`a thin ${name} in which a fifth of every group is dead: exactly those have the score 0 and go by L1, and the answers stay`, async () => {
    const artifact = lively(initialise(build(thin), 3));
    const groups = channelGroups(artifact).filter(({ group }) => group.prunable);
    const dead = new Map(
      groups.map(({ group }, at) => [
        group.id,
        [...shuffledOrder(group.channels, at, 0).subarray(0, Math.ceil(group.channels / 5))].sort((one, other) => one - other),
      ]),
    );
    const whole = killed(
      artifact,
      groups.map(({ group }) => group),
      dead,
    );
    for (const group of groups) {
      assert.deepEqual(
        [...channelScores(whole, group, Recipe.parse({}))].flatMap((score, channel) => (score === 0 ? [channel] : [])),
        dead.get(group.group.id),
        group.group.id,
      );
    }
    const share = [...dead.values()].flat().length / groups.reduce((sum, { group }) => sum + group.channels, 0);
    const recipe = Recipe.parse({ granularity: 'filter', sparsity: share });
    const removal = selectChannels(whole, recipe, share);
    assert.deepEqual(removal, dead);
    const compacted = compactChannels(whole, removal);
    assert.equal(
      compacted.weights.reduce((sum, { data }) => sum + data.length, 0),
      countParameters(compacted.topology),
    );
    for (const group of channelGroups(compacted))
      assert.ok(
        channelScores(compacted, group, recipe).every((score) => score > 0),
        group.group.id,
      );
    await assertSameAnswers(whole, compacted, thin);
  });

  test(`a thin ${name} with numbers in every weight: masked and compacted answer the same`, async () => {
    const artifact = shaken(build(thin), 4);
    const random = createRandom(6, 1);
    const removal = new Map(
      channelGroups(artifact)
        .filter(({ group }) => group.prunable)
        .map(({ group }, at) => [group.id, [...shuffledOrder(group.channels, at, 1).subarray(0, random.below(group.channels))]]),
    );
    await assertSameAnswers(maskChannels(artifact, removal), compactChannels(artifact, removal), thin);
  });
}

/** To 1e-4 of the range of the answers. */
async function assertSameAnswers(one: ModelArtifact, other: ModelArtifact, { image }: Size): Promise<void> {
  const shape = [1, image, image, 3];
  const inputs = randomInputs(shape, 8);
  const answers = await predictInTfjs(one, shape, inputs);
  const range = Math.max(...answers) - Math.min(...answers);
  assert.ok(range > 1e-6, `all answers are alike, their range is ${range}`);
  const difference = largestDifference(answers, await predictInTfjs(other, shape, inputs));
  assert.ok(difference < 1e-4 * range, `they differ by ${difference} of ${range}`);
}

/** Fresh depthwise kernels are so small that after 17 of them nothing of the image is left in float32. */
function lively(artifact: ModelArtifact): ModelArtifact {
  return withWeights(
    artifact,
    new Map(
      artifact.weights.flatMap(({ name, data }) => (name.endsWith('depthwise_kernel') ? [[name, data.map((value) => 8 * value)]] : [])),
    ),
  );
}

/** As someone would do it who sees nothing but the groups: zero in all kernels, biases, scales and offsets as long as the group. */
function killed(artifact: ModelArtifact, groups: readonly ChannelGroup[], dead: ReadonlyMap<string, readonly number[]>): ModelArtifact {
  const weights = weightsByLayer(artifact);
  const data = new Map<string, TensorData>(artifact.weights.map(({ name, data: numbers }) => [name, numbers.slice()]));
  for (const group of groups) {
    for (const { name, shape } of [...group.producers, ...group.followers].flatMap((layer) => weights.get(layer) ?? [])) {
      const axis = name.endsWith('depthwise_kernel') ? shape.length - 2 : shape.length - 1;
      if (shape[axis] !== group.channels || name.includes('moving')) continue;
      const inner = elementCount(shape.slice(axis + 1));
      data.get(name)?.forEach((_, at, numbers) => {
        if (dead.get(group.id)?.includes(Math.floor(at / inner) % group.channels) === true) numbers[at] = 0;
      });
    }
  }
  return withWeights(artifact, data);
}

function countParameters(topology: Topology): number {
  const { graph, shapes } = inferShapes(readGraph(topology));
  return graph.nodes.reduce((sum, node) => {
    const inputs = (shapes.get(node.id)?.inputs ?? []).filter((shape) => shape !== null);
    return sum + (layerKind(node.type)?.weights?.(node.config, inputs) ?? []).reduce((all, spec) => all + elementCount(spec.shape), 0);
  }, 0);
}
