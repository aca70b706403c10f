// Espalier's side of `evaluation`: loss, accuracy, accuracy within the best k and by class of MNIST's test images.
import { readModelFile } from '#formats/model-file.ts';
import { openData } from '#main/engine/data/open-data.ts';
import { asScore, scoreSplit } from '#main/engine/measuring/score-split.ts';
import { openNetwork, scorerFor } from '#main/engine/models/open-network.ts';
import { answerRounds } from './answer-rounds.ts';
import { openContext } from './espalier-context.ts';

export interface EspalierEvaluation {
  readonly model: string;
  readonly data: string;
  readonly folder: string;
}

const task = JSON.parse(process.argv[2]!) as EspalierEvaluation;
const { context } = await openContext(task.folder);
const network = await openNetwork(context, readModelFile(task.model));
const data = openData(context.tf, task.data, network.loaded.model, network.head);
const scorer = scorerFor(context, network, data);
await scoreSplit(scorer, data.test);
await answerRounds({ ...context.environment }, async () => ({ ...asScore(await scoreSplit(scorer, data.test)) }));
