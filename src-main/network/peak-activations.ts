// The memory that activations take when the layers run in order: a static arena in which tensors share what others no longer need.
import type { TensorRef } from './graph.ts';
import { layerKind } from './layers/layer-table.ts';
import { sampleSize } from './layers/layer-kind.ts';
import { layOutBlocks, type Block } from './lay-out-blocks.ts';
import type { ShapedGraph } from './tensor-shapes.ts';

/** The size of that arena in bytes, for one sample in float32: blocks laid greedily by size, so at least what is alive at once. */
export function peakActivationBytes(shaped: ShapedGraph): number {
  return layOutBlocks(activationBlocks(shaped)).size;
}

/**
 * A block a tensor, in bytes, with the steps that it lives through. A tensor lives from the layer that makes it to the last one that reads it; a layer's inputs and
 * outputs are there at the same time. Flatten, Reshape and Dropout only look at their input differently and take nothing.
 * `inputsStay`: the network's inputs are kept to the end, as the TensorFlow Lite interpreter keeps them.
 * Example: [28,28,1] → Flatten → Dense 300 → Dense 100: 784 · 4 and 300 · 4 bytes live together: 4,336 at the peak.
 */
export function activationBlocks({ graph, shapes }: ShapedGraph, { inputsStay = false } = {}): Block[] {
  const storage = new Map<string, string>(); // tensor → the tensor whose memory it uses
  const bytes = new Map<string, number>();
  const lastUse = new Map<string, number>();
  const inputs = new Set<string>();
  const key = ({ node, output }: TensorRef): string => `${output}:${node}`;

  graph.nodes.forEach((node, step) => {
    const read = node.inputs.map((ref) => storage.get(key(ref))).filter((tensor) => tensor !== undefined);
    const entering =
      node.inputs.length === 0 && node.type !== 'InputLayer' ? [enter(`input:${node.id}`, shapes.get(node.id)?.inputs[0] ?? null)] : [];
    for (const tensor of [...read, ...entering]) lastUse.set(tensor, step);
    const source = [...read, ...entering][0];
    shapes.get(node.id)?.outputs.forEach((shape, output) => {
      const tensor = key({ node: node.id, output });
      if (output === 0 && source !== undefined && layerKind(node.type)?.view === true) storage.set(tensor, source);
      else storage.set(tensor, enter(tensor, shape));
      lastUse.set(storage.get(tensor) ?? tensor, step);
      if (node.inputs.length === 0 && node.type === 'InputLayer') inputs.add(tensor);
    });
    for (const tensor of entering) inputs.add(tensor);
  });
  for (const ref of graph.outputs) lastUse.set(storage.get(key(ref)) ?? '', graph.nodes.length);

  function enter(tensor: string, shape: readonly (number | null)[] | null): string {
    bytes.set(tensor, shape === null ? 0 : 4 * sampleSize(shape));
    return tensor;
  }

  const born = new Map<string, number>();
  graph.nodes.forEach((node, step) => {
    for (const tensor of [`input:${node.id}`, ...(shapes.get(node.id)?.outputs ?? []).map((_, output) => key({ node: node.id, output }))]) {
      if (bytes.has(tensor)) born.set(tensor, step);
    }
  });
  const last = graph.nodes.length - 1;
  return [...bytes].flatMap(([tensor, size]) => {
    const entered = inputs.has(tensor) && inputsStay;
    const block = { size, born: born.get(tensor) ?? 0, dies: entered ? last : Math.min(lastUse.get(tensor) ?? -1, last) };
    return block.dies < block.born || size === 0 ? [] : [block];
  });
}
