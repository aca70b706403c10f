// Scores a network as an artifact: opened, scored, closed again.
import type { Scored } from '#contract/engine-messages.ts';
import type { Evaluation, Latency, Score } from '#contract/measurement.ts';
import type { NetworkSummary } from '#contract/network.ts';
import { packRight } from '#contract/paired-answers.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { summariseNetwork } from '#network/summarise.ts';
import { openData } from '../data/open-data.ts';
import { openNetwork, scorerFor } from '../models/open-network.ts';
import type { WorkContext } from '../work-context.ts';
import { evaluate } from './evaluate.ts';
import { measureLatency } from './latency.ts';
import { asScore, scoreSplit } from './score-split.ts';

/** Runs of the latency measurement that every finished variant gets. */
const LATENCY_RUNS = 100;

/** Accuracy and loss on the test split; null without data. @throws StudioError; Interrupted */
export async function scoreVariant(context: WorkContext, artifact: ModelArtifact, dataPath: string | null): Promise<Scored> {
  const summary = summariseNetwork(artifact);
  if (dataPath === null) return { ...summary, accuracy: null, loss: null };
  return { ...summary, ...(await scoreOn(context, artifact, dataPath, 'test'))! };
}

/** Null where there is no validation split. @throws StudioError; Interrupted */
export async function validationAccuracy(context: WorkContext, artifact: ModelArtifact, dataPath: string): Promise<number | null> {
  return (await scoreOn(context, artifact, dataPath, 'validation'))?.accuracy ?? null;
}

async function scoreOn(
  context: WorkContext,
  artifact: ModelArtifact,
  dataPath: string,
  split: 'test' | 'validation',
): Promise<(Score & Pick<Scored, 'right'>) | null> {
  const network = await openNetwork(context, artifact);
  try {
    const data = openData(context.tf, dataPath, network.loaded.model, network.head);
    if (split === 'validation' && data.validation.samples === 0) return null;
    const score = await scoreSplit(scorerFor(context, network, data), data[split]);
    return { ...asScore(score), ...(score.errors === undefined ? { right: packRight(score.right) } : {}) };
  } finally {
    network.dispose();
  }
}

/** The full evaluation where there are data, and the latency of the whole network, its softmax included. */
export async function measureVariant<D extends string | null>(
  context: WorkContext,
  artifact: ModelArtifact,
  dataPath: D,
): Promise<{ summary: NetworkSummary; evaluation: D extends string ? Evaluation : Evaluation | null; latency: Latency }> {
  const evaluation = dataPath === null ? null : await evaluateVariant(context, artifact, dataPath);
  const latency = await measureLatency(context, artifact, { batch: 1, runs: LATENCY_RUNS, runtime: 'tensorflow' });
  return { summary: summariseNetwork(artifact), evaluation: evaluation as D extends string ? Evaluation : Evaluation | null, latency };
}

export async function evaluateVariant(context: WorkContext, artifact: ModelArtifact, dataPath: string): Promise<Evaluation> {
  const network = await openNetwork(context, artifact);
  try {
    const data = openData(context.tf, dataPath, network.loaded.model, network.head);
    return await evaluate(scorerFor(context, network, data), data);
  } finally {
    network.dispose();
  }
}
