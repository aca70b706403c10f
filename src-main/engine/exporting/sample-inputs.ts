// The inputs on which a file and its source are compared: test samples where there are data, else random numbers that fit the network.
import type { ModelArtifact } from '#network/model-artifact.ts';
import { evenlySpaced } from '../measuring/evaluate.ts';
import { openData } from '../data/open-data.ts';
import { randomInputs } from '../data/random-inputs.ts';
import type { Samples } from '../data/samples.ts';
import { loadModel } from '../models/load-model.ts';
import { trainingView, type Head } from '../models/training-view.ts';
import type { WorkContext } from '../work-context.ts';

/** See `randomInputs`. */
export async function randomSamples({ tf }: WorkContext, artifact: ModelArtifact, count: number, seed: number): Promise<Samples[]> {
  const { model, dispose } = await loadModel(tf, artifact);
  try {
    return randomInputs(model, artifact, count, seed);
  } finally {
    dispose();
  }
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
