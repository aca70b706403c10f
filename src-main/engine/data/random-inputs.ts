// Inputs made of seeded random numbers, for latency and for comparing two networks where there are no data.
import type { LayersModel } from '@tensorflow/tfjs-node';
import type { LayerConfig, ModelArtifact, Topology } from '#network/model-artifact.ts';
import { createRandom } from '#network/random.ts';
import type { Samples } from './samples.ts';

/** A free axis (an image of any size) is given this length. */
const FREE_AXIS = 32;
/** Apart from the streams of initialisation and shuffling. */
const STREAM = 0x5a3;

/**
 * `count` samples for each of the model's inputs, the same for the same seed: uniform in [0, 1), the range of scaled images, in thousandths so that
 * they are short to write; in that which the network's own `Rescaling` brings to about 1, where an input goes there; whole numbers below the vocabulary
 * where it goes to an embedding. Worked example: before a Rescaling by 1/127.5 − 1 they lie in [0, 255).
 */
export function randomInputs(model: LayersModel, { topology }: ModelArtifact, count: number, seed: number): Samples[] {
  return model.inputs.map((input, index) => {
    const shape = [count, ...input.shape.slice(1).map((size) => size ?? FREE_AXIS)];
    const reader = readerOf(topology, input.sourceLayer.name);
    const words = reader?.class_name === 'Embedding' ? reader.config['input_dim'] : undefined;
    const span = spanBefore(reader);
    const random = createRandom(seed, STREAM + index);
    const draw =
      typeof words === 'number' ? () => Math.floor(random.uniform() * words) : () => (Math.round(random.uniform() * 1000) / 1000) * span;
    return { shape, data: Float32Array.from({ length: shape.reduce((product, size) => product * size, 1) }, draw) };
  });
}

/** The first layer that reads the input `name` and is no network of its own, or the one that is itself both. */
function readerOf({ class_name, config: { layers } }: Topology, name: string): LayerConfig | undefined {
  const reader = layers.find(
    (layer, index) =>
      (layer.config['name'] === name && layer.class_name !== 'InputLayer') ||
      JSON.stringify(layer.inbound_nodes ?? []).includes(`["${name}",`) ||
      (class_name === 'Sequential' && layers[index - 1]?.config['name'] === name),
  );
  const nested = reader?.config['layers'] as readonly LayerConfig[] | undefined;
  if (reader === undefined || !Array.isArray(nested)) return reader;
  return nested[0]?.class_name === 'InputLayer' ? readerOf(reader as unknown as Topology, String(nested[0].config['name'])) : nested[0];
}

function spanBefore(reader: LayerConfig | undefined): number {
  const [scale, offset] = [reader?.config['scale'], reader?.config['offset']];
  if (reader?.class_name !== 'Rescaling' || typeof scale !== 'number' || scale === 0) return 1;
  return Math.round((typeof offset === 'number' && offset < 0 ? 2 : 1) / Math.abs(scale));
}
