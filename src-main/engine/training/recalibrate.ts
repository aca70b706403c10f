// Batch normalization's moving statistics measured anew: pruning changes what flows through a network, and they remember what did.
import type { LayersModel } from '@tensorflow/tfjs-node';
import type { Recipe } from '#contract/recipe.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { shuffledOrder } from '#network/random.ts';
import { applyMasks, type Masks } from '#pruning/weight-masks.ts';
import { openData } from '../data/open-data.ts';
import { openNetwork } from '../models/open-network.ts';
import { registerRandomLayers } from '../models/random-layers.ts';
import { tellPhase, type WorkContext } from '../work-context.ts';

/** Training samples that the statistics are taken over; a mean over so many is exact to a hundredth of its deviation. */
const SAMPLES = 10_000;
/** Apart from the orders of epochs, studies and scores. */
const ORDER = 0xba7c;

interface NormalizationLayer {
  momentum: number;
  getClassName(): string;
}

/**
 * The same network with each moving mean and variance the mean over the batches' own, without any gradient. A network without batch
 * normalization is returned as it is. Example: of batch means 1, 2 and 6 the moving mean becomes 3, whatever it was.
 * @throws StudioError; Interrupted
 */
export async function recalibrate(
  context: WorkContext,
  artifact: ModelArtifact,
  dataPath: string,
  { batch: size, seed, masks }: Pick<Recipe, 'batch' | 'seed'> & { readonly masks: Masks },
): Promise<ModelArtifact> {
  const network = await openNetwork(context, artifact);
  try {
    const normalizations = normalizationsIn(network.loaded.model);
    const { train } = openData(context.tf, dataPath, network.loaded.model, network.head);
    if (normalizations.length === 0 || train.samples === 0) return artifact;
    tellPhase(context, 'recalibrating');
    const order = shuffledOrder(train.samples, seed, ORDER).subarray(0, SAMPLES);
    const momenta = normalizations.map(({ momentum }) => momentum);
    // Batches of nearly equal size, so that each counts alike.
    const batches = Math.max(1, Math.round(order.length / size));
    for (let at = 0; at < batches; at++) {
      await context.interruption.breathe();
      const [from, to] = [at, at + 1].map((part) => Math.floor((part * order.length) / batches));
      const { inputs, labels } = train.gather(from!, to!, order);
      // moving ← moving + (batch − moving) / (at + 1) is the mean of all so far.
      for (const layer of normalizations) layer.momentum = at / (at + 1);
      Object.assign(registerRandomLayers(context.tf), { seed, step: at, drawn: 0 });
      context.tf.tidy(() => void network.loaded.model.apply(inputs, { training: true }));
      context.tf.dispose([inputs, labels]);
    }
    normalizations.forEach((layer, index) => (layer.momentum = momenta[index]!));
    return applyMasks(network.capture(), masks);
  } finally {
    network.dispose();
  }
}

/** Of nested models too. */
function normalizationsIn({ layers }: Pick<LayersModel, 'layers'>): NormalizationLayer[] {
  return layers.flatMap((layer) => {
    if ('layers' in layer) return normalizationsIn(layer as unknown as LayersModel);
    return layer.getClassName() === 'BatchNormalization' ? [layer as unknown as NormalizationLayer] : [];
  });
}
