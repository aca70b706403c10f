// Before channels go: what they would still have sent, a batch normalization's shift say, is put into the layers that consumed it.
import { axisFromFront, channelGroups } from '#network/channel-groups.ts';
import { countOf } from '#network/config-values.ts';
import { withTensors } from '#network/edit-artifact.ts';
import { readGraph, type GraphNode, type LayerGraph } from '#network/graph.ts';
import { weightsByLayer } from '#network/layer-weights.ts';
import type { ModelArtifact, NamedTensor } from '#network/model-artifact.ts';
import { inferShapes, type ShapedGraph } from '#network/tensor-shapes.ts';
import { tensorOf, type Removal, type TensorsByLayer } from './channel-cuts.ts';
import { addRow, withBiases } from './fold-constants.ts';
import { sendsMore, sentConstants, type SentConstants } from './sent-constants.ts';
import { windowCoverage } from './window-coverage.ts';

/**
 * A removed channel counts as one whose kernels are zero, and such a channel still sends a constant: its bias, on its way through batch
 * normalization and activation, also through one that stands behind a concatenation (DenseNet). The masked state zeroes biases
 * and shifts along with the kernels; what that takes away, the consumers get here: added to the bias or, where there is none, taken off
 * the moving mean of the batch normalization right behind. Masked and compacted state of the result then answer as the network
 * with those kernels at zero does: exactly where a consumer's window never reaches into padding; with `same` padding each tap of
 * the window counts by the share of positions at which it lies on the image, which keeps the mean. Transposed, separable and grouped
 * convolutions and layers called more than once get nothing.
 *
 * Example: a channel with gamma 0 and beta 0.5 (Network Slimming, Liu et al. 2017), ReLU, then Dense with the kernel row [2, −4]: its
 * bias changes by 0.5 · [2, −4] = [1, −2].
 */
export function settleConstants(artifact: ModelArtifact, removal: Removal): ModelArtifact {
  const tensors = weightsByLayer(artifact);
  const groups = channelGroups(artifact);
  if (!sendsMore(groups, removal, tensors)) return artifact;
  const shaped = inferShapes(readGraph(artifact.topology));
  const sent = sentConstants(shaped.graph, groups, removal, tensors);
  const changed = new Map<string, NamedTensor>();
  const added = new Map<string, NamedTensor>();
  for (const node of shaped.graph.nodes) {
    const more = sumOver(node, sent, shaped, tensors);
    if (more === null) continue;
    const [bias, kernel] = [tensorNamed(node.layer, 'bias', tensors), tensorNamed(node.layer, 'kernel', tensors)];
    const mean = bias === undefined ? meanBehind(node, more.length, shaped, tensors) : undefined;
    const [target, sign] = mean === undefined ? [bias, 1] : [mean, -1];
    const data = Float32Array.from(more, (value, at) => (target?.data[at] ?? 0) + sign * value);
    if (target !== undefined) changed.set(target.name, { ...target, data });
    else if (kernel !== undefined) {
      const name = `${kernel.name.slice(0, -'kernel'.length)}bias`;
      added.set(name, { name, dtype: 'float32', shape: [data.length], data });
    }
  }
  return withBiases(withTensors(artifact, changed), added);
}

/** By output channel, what the removed channels send into a consumer's kernel over what they send when masked; null for nothing. */
function sumOver(node: GraphNode, sent: SentConstants, { graph, shapes }: ShapedGraph, tensors: TensorsByLayer): Float64Array | null {
  if (!takesConstants(node, graph)) return null;
  let sums: Float64Array | null = null;
  for (const { slice, gone, constants } of sent.consumed(node)) {
    const kernel = tensorOf(slice, tensors);
    if (slice.weight !== 'kernel' || kernel === undefined || constants === null) continue;
    const axis = axisFromFront(slice.axis, kernel.shape.length);
    const coverage = coverageOf(node, kernel, axis, shapes);
    slice.positions.forEach((row, at) => {
      const channel = slice.channels[at]!;
      const more = constants.whole[channel]! - constants.masked[channel]!;
      if (gone[channel] === 0 || Number.isNaN(more) || more === 0) return;
      sums ??= new Float64Array(kernel.shape.at(-1) ?? 1);
      addRow(sums, kernel, axis, row, more, coverage);
    });
  }
  return sums;
}

function takesConstants(node: GraphNode, graph: LayerGraph): boolean {
  const whole = /^(Dense|Conv(olution)?[123]D)$/.test(node.type) && countOf(node.config, 'groups', 1) === 1;
  return whole && !graph.shared.has(node.layer);
}

function coverageOf(node: GraphNode, kernel: NamedTensor, axis: number, shapes: ShapedGraph['shapes']): Float64Array {
  return windowCoverage(node.config, shapes.get(node.id)?.inputs[0] ?? null, kernel.shape.slice(0, axis));
}

/**
 * Of the channels of `removal`, whose kernels are zero, those that can go without a trace: what they send is nothing more than what a
 * masked channel sends, or one number that every consumer can take into its bias and sees at each position of its window.
 */
export function settledExactly(artifact: ModelArtifact, removal: Removal): Map<string, number[]> {
  const tensors = weightsByLayer(artifact);
  const groups = channelGroups(artifact);
  const shaped = inferShapes(readGraph(artifact.topology));
  const sent = sentConstants(shaped.graph, groups, removal, tensors);
  const rough = new Map<string, Set<number>>(groups.map(({ group }) => [group.id, new Set()]));
  for (const node of shaped.graph.nodes) {
    for (const { owner, slice, gone, constants } of sent.consumed(node)) {
      const kernel = tensorOf(slice, tensors);
      const takes =
        kernel !== undefined &&
        slice.weight === 'kernel' &&
        takesConstants(node, shaped.graph) &&
        coverageOf(node, kernel, axisFromFront(slice.axis, kernel.shape.length), shaped.shapes).every((share) => share === 1);
      for (const channel of slice.channels) {
        const more = constants === null ? NaN : constants.whole[channel]! - constants.masked[channel]!;
        if (gone[channel] === 1 && (Number.isNaN(more) || (more !== 0 && !takes))) rough.get(owner.group.id)?.add(channel);
      }
    }
  }
  return new Map([...removal].map(([id, channels]) => [id, channels.filter((channel) => rough.get(id)?.has(channel) !== true)]));
}

/** The moving mean of a batch normalization that alone takes in what the layer sends on, nothing in between. */
function meanBehind(node: GraphNode, length: number, { graph }: ShapedGraph, tensors: TensorsByLayer): NamedTensor | undefined {
  const takers = graph.nodes.filter(({ inputs }) => inputs.some((ref) => ref.node === node.id));
  const [taker] = takers;
  const linear = (node.config['activation'] ?? 'linear') === 'linear';
  if (taker?.type !== 'BatchNormalization' || takers.length > 1 || !linear || graph.shared.has(taker.layer)) return undefined;
  if (graph.outputs.some((ref) => ref.node === node.id)) return undefined;
  const mean = tensorNamed(taker.layer, 'moving_mean', tensors);
  return mean?.data.length === length ? mean : undefined;
}

function tensorNamed(layer: string, role: string, tensors: TensorsByLayer): NamedTensor | undefined {
  return tensors.get(layer)?.find(({ name }) => name.endsWith(`/${role}`));
}
