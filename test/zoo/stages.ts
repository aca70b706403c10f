// What a network of the zoo goes through: pruned by weights, pruned by filters and compacted, written to a format and answered there.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import * as ort from 'onnxruntime-node';
import type { ExportFormat, ExportTarget } from '#contract/nouns.ts';
import { Recipe } from '#contract/recipe.ts';
import { npyBytes } from '#formats/containers/npy.ts';
import { signatureOf } from '#formats/savedmodel/write-saved-model.ts';
import { replayC } from '#main/engine/exporting/replay-c.ts';
import { writeFormat } from '#main/engine/exporting/write-format.ts';
import type { WorkContext } from '#main/engine/work-context.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { compactChannels } from '#pruning/compact.ts';
import { maskChannels } from '#pruning/channel-masks.ts';
import { selectMasks } from '#pruning/recipe-masks.ts';
import { applyMasks } from '#pruning/weight-masks.ts';
import type { Numbers } from './answers.ts';

/** Three tenths of the weights, by magnitude over the whole network. */
export function prunedByWeights(artifact: ModelArtifact): ModelArtifact {
  return applyMasks(artifact, selectMasks(artifact, Recipe.parse({ granularity: 'weight', sparsity: 0.3 }), 0.3).masks);
}

/** A quarter of the channels of each group: under masks, and compacted. */
export function prunedByFilters(
  artifact: ModelArtifact,
): { readonly masked: ModelArtifact; readonly compacted: ModelArtifact } | undefined {
  for (const granularity of ['filter', 'neuron'] as const) {
    const recipe = Recipe.parse({ granularity, scope: 'layer', sparsity: 0.25, criterion: 'magnitude' });
    let removal;
    try {
      ({ removal } = selectMasks(artifact, recipe, 0.25));
    } catch {
      continue; // nothing of this granularity can go
    }
    if (removal !== null) return { masked: maskChannels(artifact, removal), compacted: compactChannels(artifact, removal) };
  }
  return undefined;
}

export interface Export {
  /** In the runtime's own words for the Python side; undefined where the answers are there already. */
  readonly asked?: readonly { readonly runtime: string; readonly file: string }[];
  readonly answers?: readonly Numbers[];
}

const paths: Readonly<Record<ExportFormat, string>> = {
  keras: 'model.keras',
  h5: 'model.h5',
  tfjs: 'tfjs',
  savedmodel: 'savedmodel',
  onnx: 'model.onnx',
  tflite: 'model.tflite',
  c: 'c',
};
/** What a C compiler makes of larger ones is no different, only slower. */
const maxWeightsInC = 100_000;

/** Writes and, where the runtime is at hand here, asks. @throws StudioError `unsupported` naming the layer that the format can't hold. */
export async function exported(
  context: WorkContext,
  format: ExportFormat,
  artifact: ModelArtifact,
  inputs: readonly Numbers[],
  folder: string,
): Promise<Export | undefined> {
  const target: ExportTarget = { format, path: join(folder, paths[format]), weights: 'float32', acceptDifference: null };
  const place = format === 'savedmodel' || format === 'tfjs' || format === 'c' ? target.path : folder;
  mkdirSync(place, { recursive: true });
  if (format === 'c') {
    if (artifact.weights.reduce((sum, { data }) => sum + data.length, 0) > maxWeightsInC) return undefined;
    const replay = await replayC(context, artifact, await writeFormat(artifact, target, place, {}));
    const answers = await replay.answer(inputs);
    replay.dispose();
    return { answers: answers.map((data) => ({ shape: [data.length], data })) };
  }
  const { entry } = await writeFormat(artifact, target, place, {});
  if (format === 'onnx') return { answers: await onnxAnswers(entry, inputs) };
  if (format === 'h5') return { asked: ['h5', 'h5 in Keras 2'].map((runtime) => ({ runtime, file: entry })) };
  // The names by which the signature asks for inputs and gives outputs.
  if (format === 'savedmodel' || format === 'tflite') writeFileSync(join(folder, 'signature.json'), JSON.stringify(signatureOf(artifact)));
  return { asked: [{ runtime: format, file: format === 'savedmodel' ? place : entry }] };
}

/** ONNX Runtime's. */
export async function onnxAnswers(path: string, inputs: readonly Numbers[]): Promise<Numbers[]> {
  const session = await ort.InferenceSession.create(path, { graphOptimizationLevel: 'all', logSeverityLevel: 3 });
  const feeds = Object.fromEntries(
    session.inputNames.map((name, at) => {
      const { shape, data } = inputs[at]!;
      const metadata = session.inputMetadata[at];
      const whole = metadata?.isTensor === true && metadata.type === 'int32';
      return [name, whole ? new ort.Tensor('int32', Int32Array.from(data), [...shape]) : new ort.Tensor('float32', data, [...shape])];
    }),
  );
  const results = await session.run(feeds);
  const answers = session.outputNames.map((name): Numbers => ({ shape: results[name]!.dims, data: results[name]!.data as Float32Array }));
  await session.release();
  return answers;
}

/** Inputs for the Python side. */
export function writeInputs(folder: string, inputs: readonly Numbers[]): string {
  const path = join(folder, 'inputs.npz');
  const members = inputs.map(({ shape, data }, at) => [`in${at}.npy`, npyBytes({ dtype: 'float32', shape, data })] as const);
  writeFileSync(path, zipSync(Object.fromEntries(members), { level: 0 }));
  return path;
}
