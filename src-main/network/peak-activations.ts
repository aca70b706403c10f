// The most memory that activations take at once when the layers run in order.
import type { TensorRef } from './graph.ts';
import { layerKind } from './layers/layer-table.ts';
import { sampleSize } from './layers/layer-kind.ts';
import type { ShapedGraph } from './tensor-shapes.ts';

/**
 * Bytes for one sample in float32. A tensor lives from the layer that makes it to the last one that reads it; a layer's inputs and
 * outputs are there at the same time. Flatten, Reshape and Dropout only look at their input differently and take nothing.
 * Example: [28,28,1] → Flatten → Dense 300 → Dense 100: (784 + 300) · 4 = 4,336 bytes.
 */
export function peakActivationBytes({ graph, shapes }: ShapedGraph): number {
  const storage = new Map<string, string>(); // tensor → the tensor whose memory it uses
  const bytes = new Map<string, number>();
  const lastUse = new Map<string, number>();
  const key = ({ node, output }: TensorRef): string => `${output}:${node}`;

  graph.nodes.forEach((node, step) => {
    const inputs = node.inputs.map((ref) => storage.get(key(ref))).filter((tensor) => tensor !== undefined);
    const entering =
      node.inputs.length === 0 && node.type !== 'InputLayer' ? [enter(`input:${node.id}`, shapes.get(node.id)?.inputs[0] ?? null)] : [];
    for (const tensor of [...inputs, ...entering]) lastUse.set(tensor, step);
    const source = [...inputs, ...entering][0];
    shapes.get(node.id)?.outputs.forEach((shape, output) => {
      const tensor = key({ node: node.id, output });
      if (output === 0 && source !== undefined && layerKind(node.type)?.view === true) storage.set(tensor, source);
      else storage.set(tensor, enter(tensor, shape));
      lastUse.set(storage.get(tensor) ?? tensor, step);
    });
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
  const changes = new Float64Array(graph.nodes.length + 1);
  for (const [tensor, size] of bytes) {
    const [from, to] = [born.get(tensor) ?? 0, Math.min(lastUse.get(tensor) ?? -1, graph.nodes.length - 1)];
    if (to < from) continue;
    changes[from]! += size;
    changes[to + 1]! -= size;
  }
  let live = 0;
  return changes.reduce((peak, change) => Math.max(peak, (live += change)), 0);
}
