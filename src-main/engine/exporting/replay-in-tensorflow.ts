// Keras, HDF5 and TensorFlow.js files: read back as any such file is, and run as layers.
import type { Tensor } from '@tensorflow/tfjs-node';
import { readModel } from '#formats/read-model.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { onlyAnswerOf } from '../measuring/certify.ts';
import { loadModel } from '../models/load-model.ts';
import type { WorkContext } from '../work-context.ts';
import { inBatches, sampleOf, type Replay } from './replay.ts';
import type { Written } from './write-format.ts';

export async function replayInTensorflow(context: WorkContext, { entry }: Written): Promise<Replay> {
  return layersReplay(context, (await readModel(entry)).artifact);
}

/** The network itself, asked in the same way as its files. */
export async function layersReplay(context: WorkContext, artifact: ModelArtifact): Promise<Replay> {
  const { tf, environment } = context;
  const { model, dispose } = await loadModel(tf, artifact);
  return {
    runtime: `TensorFlow ${environment.tensorflow}, read back`,
    speed: 2e10,
    step: 0,
    answer: (inputs) =>
      inBatches(context, inputs, (batch) => {
        let answers: Float32Array[] = [];
        tf.tidy(() => {
          const tensors = batch.map(({ data, shape }) => tf.tensor(data, [...shape], 'float32'));
          const given = asList(model.apply(tensors.length === 1 ? tensors[0]! : tensors, { training: false }));
          answers = given.map((answer) => answer.dataSync() as Float32Array);
        });
        return answers;
      }),
    layers(inputs) {
      const found = new Map<string, Float32Array>();
      const first = sampleOf(inputs, 0);
      for (const layer of model.layers) {
        const answered = onlyAnswerOf(layer);
        if (answered === undefined) continue;
        const until = tf.model({ inputs: model.inputs, outputs: answered });
        tf.tidy(() => {
          const tensors = inputs.map(({ shape }, index) => tf.tensor(first[index]!, [1, ...shape.slice(1)], 'float32'));
          const answer = asList(until.apply(tensors.length === 1 ? tensors[0]! : tensors, { training: false }))[0]!;
          found.set(layer.name, Float32Array.from(answer.dataSync()));
        });
      }
      return found;
    },
    dispose,
  };
}

function asList(answer: unknown): Tensor[] {
  return (Array.isArray(answer) ? answer : [answer]) as Tensor[];
}
