// Writes a training step as the engine runs it to a folder for the profile: `saved_model.pb`, and each call with its feeds.
// what it was fed.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Recipe, TrainSettings } from '#contract/recipe.ts';
import { readModelFile } from '#formats/model-file.ts';
import { selectWeightMasks } from '#pruning/weight-masks.ts';
import { openData } from '#main/engine/data/open-data.ts';
import { openNetwork } from '#main/engine/models/open-network.ts';
import { GraphDefinition } from '#main/engine/training/compiled/graph-definition.ts';
import { GraphSession } from '#main/engine/training/compiled/graph-session.ts';
import { openStep } from '#main/engine/training/open-step.ts';
import { openContext } from './espalier-context.ts';
import type { EspalierTraining } from './espalier-trains.ts';

const task = JSON.parse(process.argv[2]!) as EspalierTraining;

/** Raw files of float32 or int32. */
interface Feed {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly file: string;
}
const calls: { readonly feeds: readonly Feed[]; readonly fetches: readonly string[] }[] = [];
let files = 0;

const serialise = GraphDefinition.prototype.serialise;
GraphDefinition.prototype.serialise = function () {
  const bytes = serialise.call(this);
  writeFileSync(join(task.folder, 'saved_model.pb'), bytes);
  // Another graph begins: what the one before was fed is of no use to it.
  calls.length = 0;
  return bytes;
};

const { context } = await openContext(task.folder);
const run = GraphSession.prototype.run;
GraphSession.prototype.run = function (feeds, fetches) {
  const kept = [...feeds].map(([name, info]): Feed => {
    const values = context.tf.backend().readSync(info.dataId);
    const file = join(task.folder, `${files++}.raw`);
    if (!ArrayBuffer.isView(values)) throw new Error(`${name} holds no numbers`);
    writeFileSync(file, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    return { name, shape: info.shape, dtype: info.dtype, file };
  });
  calls.push({ feeds: kept, fetches });
  return run.call(this, feeds, fetches);
};

const artifact = readModelFile(task.model);
const network = await openNetwork(context, artifact);
const data = openData(context.tf, task.data, network.loaded.model, network.head);
const step = openStep(context, network, data, TrainSettings.parse({ batch: task.batch }), undefined);
if (task.sparsity > 0) step.setMasks(selectWeightMasks(artifact, Recipe.parse({ sparsity: task.sparsity }), task.sparsity));
step.run(data.train.gather(0, task.batch), 0, 0.001);
process.stdout.write(`${JSON.stringify({ calls })}\n`);
