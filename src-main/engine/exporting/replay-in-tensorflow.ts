// Keras, HDF5 and TensorFlow.js files: read back as any such file is, and run as layers.
import type { Tensor } from '@tensorflow/tfjs-node';
import { readModel } from '#formats/read-model.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { loadModel } from '../models/load-model.ts';
import type { WorkContext } from '../work-context.ts';
import { sampleOf, type Replay, type Samples } from './replay.ts';
import type { Written } from './write-format.ts';

const BATCH = 32;

export async function replayInTensorflow(context: WorkContext, { entry }: Written): Promise<Replay> {
  return layersReplay(context, (await readModel(entry)).artifact);
}

/** The network itself, asked in the same way as its files. */
export async function layersReplay(context: WorkContext, artifact: ModelArtifact): Promise<Replay> {
  const { tf, environment, interruption } = context;
  const { model, dispose } = await loadModel(tf, artifact);
  return {
    runtime: `TensorFlow ${environment.tensorflow}, read back`,
    speed: 2e10,
    step: 0,
    async answer(inputs) {
      const count = inputs[0]?.shape[0] ?? 0;
      const results: Float32Array[] = [];
      for (let from = 0; from < count; from += BATCH) {
        await interruption.breathe();
        const to = Math.min(count, from + BATCH);
        const batch = inputs.map((input) => part(input, from, to));
        tf.tidy(() => {
          const tensors = batch.map(({ data, shape }) => tf.tensor(data, [...shape], 'float32'));
          asList(model.apply(tensors.length === 1 ? tensors[0]! : tensors, { training: false })).forEach((answer, output) => {
            const values = answer.dataSync();
            const whole = (results[output] ??= new Float32Array((values.length / (to - from)) * count));
            whole.set(values, (values.length / (to - from)) * from);
          });
        });
      }
      return results;
    },
    layers(inputs) {
      const found = new Map<string, Float32Array>();
      const first = sampleOf(inputs, 0);
      for (const layer of model.layers) {
        if (Array.isArray(layer.output)) continue;
        const until = tf.model({ inputs: model.inputs, outputs: layer.output });
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

function part({ shape, data }: Samples, from: number, to: number): Samples {
  const size = data.length / shape[0]!;
  return { shape: [to - from, ...shape.slice(1)], data: data.subarray(from * size, to * size) };
}

function asList(answer: unknown): Tensor[] {
  return (Array.isArray(answer) ? answer : [answer]) as Tensor[];
}
