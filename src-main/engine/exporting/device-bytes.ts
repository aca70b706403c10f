// What an exported network takes on a device: constants in flash, and the memory that it works in, where its format has that planned.
import { readFileSync } from 'node:fs';
import type { Exported, ExportTarget } from '#contract/nouns.ts';
import { planArena } from '#formats/c-source/plan-arena.ts';
import { lowerModel } from '#formats/lowering/lower-model.ts';
import { shapeIn } from '#formats/lowering/plain-network.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import type { Written } from './write-format.ts';

/**
 * Bytes. C: the arrays and the static block of the source. TensorFlow Lite: the file, and the tensors between the layers with both ends, by
 * the same greedy plan that its interpreters use; what they need besides comes on top.
 */
export function deviceBytes(
  artifact: ModelArtifact,
  { format, weights }: Pick<ExportTarget, 'format' | 'weights'>,
  written: Written,
): Pick<Exported, 'arenaBytes' | 'flashBytes'> {
  if (format !== 'c' && format !== 'tflite') return { arenaBytes: null, flashBytes: null };
  const network = lowerModel(artifact);
  const entries = planArena(network).size;
  if (format === 'c') {
    const [, bytes] = /_FLASH_BYTES (\d+)L/.exec(readFileSync(written.entry.replace(/\.c$/, '.h'), 'utf8')) ?? [];
    return { arenaBytes: Math.max(entries, 1) * 4, flashBytes: bytes === undefined ? null : Number(bytes) };
  }
  const ends = [...network.inputs, ...network.outputs].reduce(
    (sum, tensor) => sum + shapeIn(network, tensor).reduce((product, size) => product * size, 1),
    0,
  );
  return { arenaBytes: (entries + ends) * (weights === 'int8' ? 1 : 4), flashBytes: written.files[0]?.bytes ?? null };
}
