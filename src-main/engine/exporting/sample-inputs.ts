// The inputs on which a file and its source are compared: test samples where there are data, else random numbers that fit the network.
import type { ModelArtifact } from '#network/model-artifact.ts';
import { createRandom } from '#network/random.ts';
import { evenlySpaced } from '../measuring/evaluate.ts';
import { openData } from '../data/open-data.ts';
import { loadModel } from '../models/load-model.ts';
import { trainingView, type Head } from '../models/training-view.ts';
import type { WorkContext } from '../work-context.ts';
import type { Samples } from './replay.ts';

/** A free axis (an image of any size) is given this length. */
const FREE_AXIS = 32;
const STREAM = 0x5a3;

/**
 * `count` samples an input, uniform in [0, 1), in thousandths so that they are short to write; whole numbers below the vocabulary where an
 * input feeds an embedding.
 */
export async function randomSamples({ tf }: WorkContext, artifact: ModelArtifact, count: number, seed: number): Promise<Samples[]> {
  const { model, dispose } = await loadModel(tf, artifact);
  try {
    return model.inputs.map((input, index) => {
      const shape = [count, ...input.shape.slice(1).map((size) => size ?? FREE_AXIS)];
      const words = vocabularyOf(artifact, input.sourceLayer.name);
      const random = createRandom(seed, STREAM + index);
      const draw = words === undefined ? () => Math.round(random.uniform() * 1000) / 1000 : () => Math.floor(random.uniform() * words);
      return { shape, data: Float32Array.from({ length: shape.reduce((product, size) => product * size, 1) }, draw) };
    });
  } finally {
    dispose();
  }
}

/** How many words the embedding knows that reads the input `name`, or that is itself the first layer; undefined where none does. */
function vocabularyOf({ topology }: ModelArtifact, name: string): number | undefined {
  const { layers } = topology.config;
  const reader = layers.find(
    (layer, index) =>
      layer.class_name === 'Embedding' &&
      (layer.config['name'] === name ||
        JSON.stringify(layer.inbound_nodes ?? []).includes(`["${name}",`) ||
        (topology.class_name === 'Sequential' && layers[index - 1]?.config['name'] === name)),
  );
  const words = reader?.config['input_dim'];
  return typeof words === 'number' ? words : undefined;
}

export interface DataSamples {
  readonly samples: Samples;
  /** Of each sample, where it has a class. */
  readonly labels: Int32Array | null;
  readonly head: Head;
}

/** At most `most` samples of a split, evenly spaced over it: always the same ones. @throws StudioError where data and model don't fit */
export async function samplesOfData(
  { tf }: WorkContext,
  artifact: ModelArtifact,
  data: string,
  split: 'train' | 'test',
  most: number,
): Promise<DataSamples> {
  const { model, dispose } = await loadModel(tf, artifact);
  try {
    const { head } = trainingView(artifact);
    const opened = openData(tf, data, model, head);
    const batches = opened[split];
    const { sampleShape } = opened;
    const order = evenlySpaced(batches.samples, most);
    const batch = batches.gather(0, order.length, order);
    const result = {
      samples: { shape: [order.length, ...sampleShape], data: Float32Array.from(batch.inputs.dataSync()) },
      labels: opened.targets > 0 ? null : Int32Array.from(batch.labels.dataSync()),
      head,
    };
    batch.dispose();
    return result;
  } finally {
    dispose();
  }
}
