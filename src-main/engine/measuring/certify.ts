// The equivalence certificate: two networks answer the same inputs, and the largest difference is kept with where it first shows.
import type { LayersModel, SymbolicTensor, Tensor } from '@tensorflow/tfjs-node';
import type { Certificate } from '#contract/measurement.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { countMacs } from '#network/summarise.ts';
import { randomInputs } from '../data/random-inputs.ts';
import { tensorsOf } from '../data/samples.ts';
import { loadModel } from '../models/load-model.ts';
import type { WorkContext } from '../work-context.ts';
import { Apart } from './apart.ts';

export interface CertificateSettings {
  /** Largest difference allowed, as a share of the range of the source's answers. */
  readonly share: number;
  readonly samples: number;
  /** (samples, …) of real data, disposed by the caller; random numbers where left out. */
  readonly inputs?: Tensor | undefined;
  /** Channels of a layer's last axis that the target has kept, where it has fewer. */
  readonly kept?: ReadonlyMap<string, ArrayLike<number>>;
}

/** Samples asked at a time: few of a large network, so that a pause is heard and the engine doesn't seem dead. */
const BATCH = 32;
const BATCH_MACS = 2e10;
const SEED = 7;

/** How many samples a network can be asked for so many MACs. */
export function affordable(network: ModelArtifact, macs: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, Math.floor(macs / Math.max(1, countMacs(network.topology)))));
}

/** @throws StudioError where one of the networks can't be built; Interrupted */
export async function certify(
  context: WorkContext,
  source: ModelArtifact,
  target: ModelArtifact,
  settings: CertificateSettings,
): Promise<Certificate> {
  const { tf } = context;
  const [one, other] = [await loadModel(tf, source), await loadModel(tf, target)];
  const atATime = affordable(source, BATCH_MACS, 1, BATCH);
  const own = settings.inputs === undefined ? tensorsOf(tf, randomInputs(one.model, source, settings.samples, SEED)) : [];
  const inputs = settings.inputs === undefined ? own : [settings.inputs];
  try {
    const apart = await compare(context, one.model, other.model, inputs, { atATime });
    const tolerance = apart.tolerance(settings.share);
    const equal = apart.difference <= tolerance;
    return {
      runtime: `TensorFlow ${context.environment.tensorflow}`,
      samples: inputs[0]!.shape[0]!,
      inputs: settings.inputs === undefined ? 'random' : 'data',
      maxDifference: finite(apart.difference),
      tolerance,
      firstDivergingLayer: equal ? null : await firstDiverging(context, one.model, other.model, inputs, { ...settings, atATime }),
      top1Agreement: null,
      verdict: equal ? 'equal' : 'different',
    };
  } finally {
    tf.dispose(own);
    one.dispose();
    other.dispose();
  }
}

/** Undefined for a layer that is called several times, or gives several tensors. */
export function onlyAnswerOf(layer: LayersModel['layers'][number]): SymbolicTensor | undefined {
  if (layer.inboundNodes.length !== 1) return undefined;
  return Array.isArray(layer.output) ? undefined : layer.output;
}

/** Layers in the order of the source; those that the target hasn't, or that can't be laid side by side, are passed over. */
async function firstDiverging(
  context: WorkContext,
  one: LayersModel,
  other: LayersModel,
  inputs: Tensor[],
  { share, kept, atATime }: CertificateSettings & { readonly atATime: number },
): Promise<string | null> {
  const { tf } = context;
  for (const layer of one.layers) {
    const twin = other.layers.find(({ name }) => name === layer.name);
    const [ours, theirs] = [onlyAnswerOf(layer), twin === undefined ? undefined : onlyAnswerOf(twin)];
    if (ours === undefined || theirs === undefined) continue;
    const a = tf.model({ inputs: one.inputs, outputs: ours });
    const b = tf.model({ inputs: other.inputs, outputs: theirs });
    const apart = await compare(context, a, b, inputs, { atATime, kept: kept?.get(layer.name) });
    if (apart.difference > apart.tolerance(share)) return layer.name;
  }
  return null;
}

async function compare(
  { tf, interruption }: WorkContext,
  one: LayersModel,
  other: LayersModel,
  inputs: Tensor[],
  { atATime, kept }: { readonly atATime: number; readonly kept?: ArrayLike<number> | undefined },
): Promise<Apart> {
  const apart = new Apart();
  const samples = inputs[0]!.shape[0]!;
  for (let from = 0; from < samples; from += atATime) {
    await interruption.breathe();
    tf.tidy(() => {
      const batch = inputs.map((input) => tf.slice(input, from, Math.min(atATime, samples - from)));
      const answers = [one, other].map((model) => asList(model.apply(batch.length === 1 ? batch[0]! : batch, { training: false })));
      answers[0]!.forEach((answer, index) => {
        const twin = answers[1]![index]!;
        const narrowed =
          kept !== undefined && answer.shape.at(-1) !== twin.shape.at(-1)
            ? tf.gather(answer, tf.tensor1d(Array.from(kept), 'int32'), answer.rank - 1)
            : answer;
        if (narrowed.shape.join() !== twin.shape.join()) return;
        apart.add(narrowed.dataSync(), twin.dataSync());
      });
    });
  }
  return apart;
}

function asList(answer: unknown): Tensor[] {
  return (Array.isArray(answer) ? answer : [answer]) as Tensor[];
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : Number.MAX_VALUE;
}
