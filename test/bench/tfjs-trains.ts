// TensorFlow.js's own `fit` on the same native backend, for the MNIST CNN.
import { readFileSync } from 'node:fs';
import { loadModel } from '#main/engine/models/load-model.ts';
import { readModelFile } from '#formats/model-file.ts';
import { answerRounds } from './answer-rounds.ts';
import type { RawArrays } from './data.ts';
import { openContext } from './espalier-context.ts';

export interface TfjsTraining {
  readonly model: string;
  readonly train: RawArrays;
  readonly batch: number;
  readonly steps: number;
  readonly warmUp: number;
  readonly folder: string;
}

const task = JSON.parse(process.argv[2]!) as TfjsTraining;
const {
  context: { tf, environment },
} = await openContext(task.folder);
const { model } = await loadModel(tf, readModelFile(task.model));
model.compile({ optimizer: tf.train.adam(0.001), loss: 'categoricalCrossentropy', metrics: ['accuracy'] });

const { pixels, labels, shape } = task.train;
const values = Float32Array.from(readFileSync(pixels), (value) => value / 255);
const classes = new Int32Array(readFileSync(labels).buffer.slice(0));

async function fit(steps: number): Promise<number> {
  const count = steps * task.batch;
  const size = shape.reduce((product, length) => product * length, 1);
  const x = tf.tensor(values.subarray(0, count * size), [count, ...shape]);
  const y = tf.cast(tf.oneHot(tf.tensor1d(classes.subarray(0, count), 'int32'), 10), 'float32');
  const began = performance.now();
  await model.fit(x, y, { batchSize: task.batch, epochs: 1, shuffle: true, verbose: 0, yieldEvery: 'never' });
  const seconds = (performance.now() - began) / 1000;
  tf.dispose([x, y]);
  return seconds;
}

await fit(task.warmUp);
await answerRounds({ tfjs: tf.version.tfjs, tensorflow: environment.tensorflow }, async () => ({ seconds: await fit(task.steps) }));
