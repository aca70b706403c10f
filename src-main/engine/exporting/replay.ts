// What an exported file is asked in: the runtime that it is for, as far as there is one here.
import type { ExportTarget } from '#contract/nouns.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import type { Samples } from '../data/samples.ts';
import { tellShare, type WorkContext } from '../work-context.ts';
import { replayC } from './replay-c.ts';
import { replayInTensorflow } from './replay-in-tensorflow.ts';
import { replayOnnx } from './replay-onnx.ts';
import { replaySavedModel } from './replay-saved-model.ts';
import { replayTflite } from './replay-tflite.ts';
import type { Written } from './write-format.ts';

export interface Replay {
  /** As the certificate names it: "ONNX Runtime 1.30.0". */
  readonly runtime: string;
  /** Multiply-accumulates a second, about: how many samples can be asked. */
  readonly speed: number;
  /** How far apart two neighbouring answers are, where the runtime's are whole steps; 0 where they are floats. */
  readonly step: number;
  /** Samples for each input in the model's order → for each output the answers to all of them, one after another. @throws Interrupted */
  answer(inputs: readonly Samples[]): Promise<readonly Float32Array[]>;
  /** What each layer gives for the first sample, by the layer's name, where the runtime lets one look. */
  layers?(inputs: readonly Samples[]): ReadonlyMap<string, Float32Array> | Promise<ReadonlyMap<string, Float32Array>>;
  dispose(): void;
}

/** @throws StudioError where the written file can't be opened again */
export function openReplay(context: WorkContext, artifact: ModelArtifact, { format }: ExportTarget, written: Written): Promise<Replay> {
  switch (format) {
    case 'keras':
    case 'h5':
    case 'tfjs':
      return replayInTensorflow(context, written);
    case 'onnx':
      return replayOnnx(context, written);
    case 'savedmodel':
      return replaySavedModel(context, written);
    case 'tflite':
      return replayTflite(context, written);
    case 'c':
      return replayC(context, artifact, written);
  }
}

/** Sample `at` of each input. */
export function sampleOf(inputs: readonly Samples[], at: number): Float32Array[] {
  return inputs.map(({ shape, data }) => {
    const size = data.length / shape[0]!;
    return data.subarray(at * size, (at + 1) * size);
  });
}

const BATCH = 32;

/** Asks batch after batch and puts the answers to each output behind each other. @throws Interrupted */
export async function inBatches(
  { interruption }: Pick<WorkContext, 'interruption'>,
  inputs: readonly Samples[],
  answer: (batch: readonly Samples[]) => readonly ArrayLike<number>[] | Promise<readonly ArrayLike<number>[]>,
): Promise<Float32Array[]> {
  const count = inputs[0]?.shape[0] ?? 0;
  const results: Float32Array[] = [];
  for (let from = 0; from < count; from += BATCH) {
    await interruption.breathe();
    const to = Math.min(count, from + BATCH);
    const batch = inputs.map(({ shape, data }): Samples => {
      const size = data.length / count;
      return { shape: [to - from, ...shape.slice(1)], data: data.subarray(from * size, to * size) };
    });
    (await answer(batch)).forEach((values, output) => {
      const each = values.length / (to - from);
      (results[output] ??= new Float32Array(each * count)).set(values, each * from);
    });
  }
  return results;
}

/** Asks one sample at a time and puts the answers behind each other. */
export async function oneByOne(
  context: WorkContext,
  inputs: readonly Samples[],
  answer: (sample: Float32Array[]) => readonly Float32Array[],
): Promise<Float32Array[]> {
  const count = inputs[0]?.shape[0] ?? 0;
  const results: Float32Array[] = [];
  const began = performance.now();
  for (let at = 0; at < count; at++) {
    await context.interruption.breathe();
    if (at % 32 === 31) tellShare(context, 'replaying', at + 1, count, began);
    answer(sampleOf(inputs, at)).forEach((values, output) => {
      const whole = (results[output] ??= new Float32Array(values.length * count));
      whole.set(values, at * values.length);
    });
  }
  return results;
}
