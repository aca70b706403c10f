// Espalier's side of `training`: the engine's own step, as the studio takes it, half of the kernels held at zero.
import { readModelFile } from '#formats/model-file.ts';
import { Recipe, TrainSettings } from '#contract/recipe.ts';
import { shuffledOrder } from '#network/random.ts';
import { selectWeightMasks } from '#pruning/weight-masks.ts';
import { openData } from '#main/engine/data/open-data.ts';
import { openNetwork } from '#main/engine/models/open-network.ts';
import { openStep } from '#main/engine/training/open-step.ts';
import { answerRounds } from './answer-rounds.ts';
import { openContext } from './espalier-context.ts';

export interface EspalierTraining {
  /** A model artifact and a dataset artifact. */
  readonly model: string;
  readonly data: string;
  readonly batch: number;
  readonly steps: number;
  readonly warmUp: number;
  /** Share of the kernels' weights that is masked; 0 for none. */
  readonly sparsity: number;
  readonly folder: string;
}

const task = JSON.parse(process.argv[2]!) as EspalierTraining;
const { context, notes } = await openContext(task.folder);
const { tf } = context;
const artifact = readModelFile(task.model);
const network = await openNetwork(context, artifact);
const data = openData(tf, task.data, network.loaded.model, network.head);
const step = openStep(context, network, data, TrainSettings.parse({ batch: task.batch }), undefined);
if (task.sparsity > 0) step.setMasks(selectWeightMasks(artifact, Recipe.parse({ sparsity: task.sparsity }), task.sparsity));
let taken = 0;

function train(steps: number, order: ArrayLike<number>): number {
  let loss = 0;
  for (let at = 0; at < steps; at++) {
    const batch = data.train.gather(at * task.batch, (at + 1) * task.batch, order);
    loss = step.run(batch, taken++, 0.001).loss;
    batch.dispose();
  }
  return loss;
}

train(task.warmUp, shuffledOrder(data.train.samples, 1, 0));
await answerRounds({ ...context.environment, step: step.kind, notes }, async () => {
  const loss = train(task.steps, shuffledOrder(data.train.samples, 1, taken));
  return { loss };
});
