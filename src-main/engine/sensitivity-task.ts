// The task `sensitivity`: prunes one layer at a time at rising sparsities and scores each, then proposes plans and scores those.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { EngineResult, EngineTask } from '#contract/engine-messages.ts';
import { StudioError } from '#contract/errors.ts';
import { Recipe } from '#contract/recipe.ts';
import { LayerSensitivity, type SensitivityPlan, type SensitivitySettings } from '#contract/sensitivity.ts';
import { writeFileDurably } from '#main/files/durable-write.ts';
import { readModelFile } from '#formats/model-file.ts';
import { shuffledOrder } from '#network/random.ts';
import { mostThatHold, sensitivityPath, sparsitiesAfter, type PathStep } from '#pruning/sensitivity-path.ts';
import { cutLayer, studiedLayers, type StudiedLayer } from '#pruning/studied-layers.ts';
import { openData } from './data/open-data.ts';
import { openMaskedScorer, type MaskedScorer } from './measuring/masked-scorer.ts';
import { openNetwork, scorerFor } from './models/open-network.ts';
import { gatherEvidence } from './scoring/gather-evidence.ts';
import { tell, tellPhase, tellProgress, type WorkContext } from './work-context.ts';

type SensitivityTask = Extract<EngineTask, { kind: 'sensitivity' }>;

/** Which samples are drawn is apart from the orders of training epochs. */
const DRAW = 0x5e45;
/** Layers whose points are all known; what a resumed study doesn't score again. */
const Partial = z.object({ seconds: z.number(), layers: z.array(LayerSensitivity) });

/** The test split is left alone: it is what a plan chosen here will be judged by. @throws StudioError; Interrupted */
export async function studySensitivity(context: WorkContext, task: SensitivityTask): Promise<EngineResult> {
  const began = performance.now();
  const { settings } = task;
  tellPhase(context, 'loading');
  const artifact = readModelFile(task.model);
  const { granularity, criterion, seed } = settings;
  const evidence = await gatherEvidence(context, artifact, Recipe.parse({ granularity, criterion, seed }), task.data);
  const layers = studiedLayers(artifact, settings, evidence);
  const network = await openNetwork(context, artifact);
  try {
    const data = openData(context.tf, task.data, network.loaded.model, network.head);
    if (data.targets > 0)
      throw new StudioError('unsupported', 'A study goes by accuracy, and a network that answers with numbers has none.', {
        where: 'data',
        whatToDo: 'Prune it at some sparsities and compare the errors.',
      });
    const split = data.validation.samples > 0 ? 'validation' : 'train';
    const samples = Math.min(settings.samples, data[split].samples);
    const order = shuffledOrder(data[split].samples, settings.seed, DRAW).slice(0, samples);
    const masked = openMaskedScorer(scorerFor(context, network, data), network.loaded, artifact, data[split], order);
    const scorer: AccuracyScorer = { score: async (masks) => known(await masked.score(masks)) };
    const baseline = await scorer.score([]);
    const cut = (at: number, sparsity: number) => cutLayer(artifact, layers[at]!, sparsity, settings, evidence);
    const before = readPartial(context.workspace);
    const seconds = () => before.seconds + (performance.now() - began) / 1000;
    const studied = await scoreLayers(context, { settings, layers, scorer, done: before.layers, seconds, cut });
    tellPhase(context, 'planning');
    const scoreAll = (sparsities: readonly number[]) =>
      scorer.score(sparsities.flatMap((sparsity, at) => (sparsity === 0 ? [] : [cut(at, sparsity).masks])));
    const plans = await proposePlans({ settings, layers: studied, baseline, score: scoreAll });
    return {
      kind: 'sensitivity',
      settings,
      baseline,
      split,
      samples,
      layers: studied,
      plans,
      seconds: seconds(),
      environment: context.environment,
    };
  } finally {
    network.dispose();
  }
}

/** Loss and accuracy, which there is: data without classes have been refused. */
interface Score {
  readonly loss: number;
  readonly accuracy: number;
}
interface AccuracyScorer {
  score(masks: Parameters<MaskedScorer['score']>[0]): Promise<Score>;
}

function known({ loss, accuracy }: Awaited<ReturnType<MaskedScorer['score']>>): Score {
  return { loss, accuracy: accuracy ?? 0 };
}

interface Scan {
  readonly settings: SensitivitySettings;
  readonly layers: readonly StudiedLayer[];
  readonly scorer: AccuracyScorer;
  readonly done: readonly LayerSensitivity[];
  seconds(): number;
  cut(layer: number, sparsity: number): ReturnType<typeof cutLayer>;
}

/** After each layer what is known is put on disk, so that a pause or a kill costs at most one layer. */
async function scoreLayers(context: WorkContext, { settings, layers, scorer, done, seconds, cut }: Scan): Promise<LayerSensitivity[]> {
  const { sparsities } = settings;
  const steps = layers.length * sparsities.length;
  const studied = [...done];
  const began = performance.now();
  const first = studied.length * sparsities.length;
  for (const [at, layer] of layers.entries()) {
    if (at < done.length) continue;
    const points: LayerSensitivity['points'] = [];
    for (const sparsity of sparsities) {
      const step = at * sparsities.length + points.length;
      const passed = (performance.now() - began) / 1000;
      const secondsLeft = step === first ? null : (passed / (step - first)) * (steps - step);
      tellProgress(context, { phase: `pruning ${layer.name}`, step, steps, epoch: 0, epochs: 0, secondsLeft, imagesPerSecond: null });
      const { masks, removed } = cut(at, sparsity);
      points.push({ sparsity, removed, ...(await scorer.score([masks])) });
    }
    studied.push({ name: layer.name, total: layer.total, weights: layer.weights, points });
    keepPartial(context.workspace, { seconds: seconds(), layers: studied });
    tell(context, { kind: 'checkpoint', step: studied.length * sparsities.length });
  }
  return studied;
}

interface Proposal {
  readonly settings: SensitivitySettings;
  readonly layers: readonly LayerSensitivity[];
  readonly baseline: Score;
  score(sparsities: readonly number[]): Promise<Score>;
}

/** Losses don't quite add up, so how far along the path each allowance reaches is found by scoring whole plans. */
async function proposePlans({ settings, layers, baseline, score }: Proposal): Promise<SensitivityPlan[]> {
  const path = sensitivityPath(layers, baseline.loss);
  const known = new Map<number, Promise<Score>>([[0, Promise.resolve(baseline)]]);
  const scoreAfter = (steps: number): Promise<Score> => {
    const scored = known.get(steps) ?? score(sparsitiesAfter(path, steps, layers.length));
    known.set(steps, scored);
    return scored;
  };
  const plans: SensitivityPlan[] = [];
  for (const allowed of settings.losses) {
    const steps = await mostThatHold(
      path.length,
      async (steps) => baseline.accuracy - (await scoreAfter(steps)).accuracy <= allowed + 1e-12,
    );
    plans.push({ allowed, ...planAfter(path, steps, layers), ...(await scoreAfter(steps)) });
  }
  return plans;
}

function planAfter(
  path: readonly PathStep[],
  steps: number,
  layers: readonly LayerSensitivity[],
): Pick<SensitivityPlan, 'layers' | 'sparsity'> {
  const sparsities = sparsitiesAfter(path, steps, layers.length);
  const gone = path.slice(0, steps).reduce((sum, { gain }) => sum + gain, 0);
  const all = layers.reduce((sum, { weights }) => sum + weights, 0);
  return { layers: layers.map(({ name }, at) => ({ pattern: name, sparsity: sparsities[at]! })), sparsity: gone / Math.max(all, 1) };
}

const partialPath = (workspace: string) => join(workspace, 'sensitivity.json');

function keepPartial(workspace: string, partial: z.infer<typeof Partial>): void {
  writeFileDurably(partialPath(workspace), [Buffer.from(JSON.stringify(partial))]);
}

/** The workspace is the job's own, so what lies there is of the same order. Half a file is as none. */
function readPartial(workspace: string): z.infer<typeof Partial> {
  const nothing = { seconds: 0, layers: [] };
  if (!existsSync(partialPath(workspace))) return nothing;
  try {
    return Partial.parse(JSON.parse(readFileSync(partialPath(workspace), 'utf8')));
  } catch {
    return nothing;
  }
}
