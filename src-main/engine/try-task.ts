// The task `try`: do these data fit this network? One batch goes through, before anyone waits for an epoch.
import type { EngineResult, EngineTask } from '#contract/engine-messages.ts';
import { readModelFile } from '#formats/model-file.ts';
import { openData } from './data/open-data.ts';
import { evenlySpaced } from './measuring/evaluate.ts';
import { scoreSplit } from './measuring/score-split.ts';
import { openNetwork, scorerFor } from './models/open-network.ts';
import type { WorkContext } from './work-context.ts';

const SAMPLES = 32;

/** @throws StudioError `wrong-shape`, `wrong-labels`, `unsupported` with the numbers that don't fit; Interrupted */
export async function tryTask(context: WorkContext, task: Extract<EngineTask, { kind: 'try' }>): Promise<EngineResult> {
  const network = await openNetwork(context, readModelFile(task.model));
  try {
    const data = openData(context.tf, task.data, network.loaded.model, network.head);
    const score = await scoreSplit(scorerFor(context, network, data), data.test, evenlySpaced(data.test.samples, SAMPLES));
    return {
      kind: 'try',
      samples: score.samples,
      right: score.errors === undefined ? (score.within[0] ?? 0) : null,
      loss: Number.isFinite(score.loss) ? score.loss : null,
    };
  } finally {
    network.dispose();
  }
}
