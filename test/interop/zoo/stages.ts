// What a network of the zoo goes through: pruned by weights, pruned by filters and compacted, written to a format and answered there.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { Recipe } from '#contract/recipe.ts';
import { writeH5 } from '#formats/h5/write-h5.ts';
import { writeKeras } from '#formats/keras/write-keras.ts';
import { writeOnnx } from '#formats/onnx/write/write-onnx.ts';
import { readModel } from '#formats/read-model.ts';
import { writeTfjs } from '#formats/tfjs/write-tfjs.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { compactChannels } from '#pruning/compact.ts';
import { maskChannels } from '#pruning/channel-masks.ts';
import { selectMasks } from '#pruning/recipe-masks.ts';
import { applyMasks } from '#pruning/weight-masks.ts';
import { predict, type Numbers } from './answers.ts';

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
  readonly format: string;
  /** What the Python side opens; undefined where the answers are there already. */
  readonly file?: string;
  readonly answers?: readonly Numbers[];
}

type Writer = (folder: string, artifact: ModelArtifact, inputs: readonly Numbers[]) => Promise<Export>;

export const writers: Readonly<Record<string, Writer>> = {
  keras: async (folder, artifact) => ({ format: 'keras', file: (await writeKeras(join(folder, 'model.keras'), artifact)).path }),
  h5: async (folder, artifact) => ({ format: 'h5', file: (await writeH5(join(folder, 'model.h5'), artifact)).path }),
  tfjs: async (folder, artifact, inputs) => {
    const [json] = writeTfjs(join(folder, 'tfjs'), artifact);
    return { format: 'tfjs', answers: await predict((await readModel(json!.path)).artifact, inputs) };
  },
  onnx: async (folder, artifact, inputs) => {
    const { path } = await writeOnnx(join(folder, 'model.onnx'), artifact);
    return { format: 'onnx', answers: await onnxAnswers(path, inputs) };
  },
};

/** ONNX Runtime's. */
async function onnxAnswers(path: string, inputs: readonly Numbers[]): Promise<Numbers[]> {
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

export function exportFolder(root: string, name: string): string {
  const folder = join(root, name);
  mkdirSync(folder, { recursive: true });
  return folder;
}
