// The memory that an exported network works in on a device, where its format has it planned.
import type { ExportTarget } from '#contract/nouns.ts';
import { planArena } from '#formats/c-source/plan-arena.ts';
import { lowerModel } from '#formats/lowering/lower-model.ts';
import { shapeIn } from '#formats/lowering/plain-network.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';

/**
 * Bytes. C: the static array of the source. TensorFlow Lite: the tensors between the layers and the ends, by the same greedy plan that its
 * interpreters use; what they need besides comes on top.
 */
export function arenaOf(artifact: ModelArtifact, { format, weights }: Pick<ExportTarget, 'format' | 'weights'>): number | null {
  if (format !== 'c' && format !== 'tflite') return null;
  const network = lowerModel(artifact);
  const entries = planArena(network).size;
  if (format === 'c') return Math.max(entries, 1) * 4;
  const ends = [...network.inputs, ...network.outputs].reduce(
    (sum, tensor) => sum + shapeIn(network, tensor).reduce((product, size) => product * size, 1),
    0,
  );
  return (entries + ends) * (weights === 'int8' ? 1 : 4);
}
