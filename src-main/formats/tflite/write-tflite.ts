// Writes a .tflite file: float32, float16 weights, or int8 throughout.
import type { StagedArtifact } from '#contract/engine-messages.ts';
import { StudioError } from '#contract/errors.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { writeFileDurably } from '#main/files/durable-write.ts';
import { briefMetadata } from './brief-metadata.ts';
import { emit } from './emit-operations.ts';
import { encodeTflite } from './encode-tflite.ts';
import { int8Format } from './int8-format.ts';
import { lowerModel } from '../lowering/lower-model.ts';
import type { Range } from '../lowering/observe-ranges.ts';
import { float16, float32 } from './number-format.ts';
import { activation, type Target } from './target.ts';
import { TfliteGraph } from './tflite-graph.ts';

export type TfliteWeights = 'float32' | 'float16' | 'int8';

export interface TfliteSettings {
  readonly weights: TfliteWeights;
  /** For int8: what each tensor went through on calibration data, as `observeRanges` finds it. */
  readonly ranges?: ReadonlyMap<string, Range> | undefined;
}

/** A flatbuffer's offsets have 32 bits, one of them for the sign. */
const mostBytes = 2 * 1024 ** 3 - 1;

/**
 * One signature, `serving_default`; its inputs and outputs bear the layers' names. The batch is 1 and may be resized (behind a
 * transposed convolution only where the interpreter goes by the input's batch, as XNNPACK does).
 * @throws StudioError `unsupported` naming the layer without a counterpart, `bad-input` where a range is missing, `over-limit`,
 * `disk-full`, `disk-error`.
 */
export async function writeTflite(path: string, model: ModelArtifact, settings: TfliteSettings): Promise<StagedArtifact> {
  return writeFileDurably(path, [tfliteBytes(model, settings)]);
}

export function tfliteBytes(model: ModelArtifact, { weights, ranges }: TfliteSettings): Uint8Array {
  const network = lowerModel(model);
  const bytes = model.weights.reduce((sum, { data }) => sum + data.byteLength, 0);
  if (bytes > mostBytes)
    throw new StudioError('over-limit', `Its weights take ${bytes} bytes; a .tflite file holds at most ${mostBytes}.`, {
      where: network.name,
      whatToDo: 'Compact the network, or export in another format.',
    });
  const format = weights === 'float32' ? float32 : weights === 'float16' ? float16 : int8Format(network, ranges ?? new Map());
  const target: Target = { graph: new TfliteGraph(), format, network };
  const inputs = network.inputs.map((name) => [name, activation(target, name)] as const);
  for (const operation of network.operations) emit(target, operation);
  const outputs = network.outputs.map((name) => [name, activation(target, name)] as const);
  const metadata = new TextEncoder().encode(JSON.stringify(briefMetadata(model.metadata)));
  return encodeTflite(target.graph, { inputs, outputs, description: `${network.name}, written by Espalier`, metadata });
}
