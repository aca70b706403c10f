// Loads an artifact in tfjs-layers on its plain JavaScript backend: an independent reader and forward pass to compare with.
import type * as Tf from '@tensorflow/tfjs';
import { registerPortableLayers } from '#main/engine/models/own-layers.ts';
import type { Tensorflow } from '#main/engine/runtime/load-tensorflow.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';

let loaded: Promise<typeof Tf> | undefined;

/** tfjs greets with an advertisement unless it is told that it runs in a test. */
async function tfjs(): Promise<typeof Tf> {
  loaded ??= (async () => {
    const tf = await import('@tensorflow/tfjs');
    tf.env().set('IS_TEST', true);
    await tf.setBackend('cpu');
    registerPortableLayers(tf as unknown as Tensorflow);
    return tf;
  })();
  return loaded;
}

export async function loadInTfjs({ topology, weights }: ModelArtifact): Promise<Tf.LayersModel> {
  const tf = await tfjs();
  const weightData = new Uint8Array(weights.reduce((sum, tensor) => sum + tensor.data.byteLength, 0));
  let at = 0;
  for (const { data } of weights) {
    weightData.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return tf.loadLayersModel(
    tf.io.fromMemory({
      modelTopology: { class_name: topology.class_name, config: topology.config },
      weightSpecs: weights.map(({ name, shape, dtype }) => ({ name, shape: [...shape], dtype: dtype === 'uint8' ? 'int32' : dtype })),
      weightData: weightData.buffer,
    }),
  );
}

/** The answers for inputs of the shape [samples, …], the model freed at the end. */
export async function predictInTfjs(artifact: ModelArtifact, shape: readonly number[], inputs: Float32Array): Promise<Float32Array> {
  return predictAllInTfjs(artifact, [{ shape, data: inputs }]);
}

/** For networks of several inputs, in the model's order; the answers of several outputs stand behind one another. */
export async function predictAllInTfjs(
  artifact: ModelArtifact,
  inputs: readonly { readonly shape: readonly number[]; readonly data: Float32Array }[],
): Promise<Float32Array> {
  const tf = await tfjs();
  const model = await loadInTfjs(artifact);
  const outputs = tf.tidy(() => {
    const answers = model.predict(inputs.map(({ shape, data }) => tf.tensor(data, [...shape])));
    return Float32Array.from((Array.isArray(answers) ? answers : [answers]).flatMap((answer) => Array.from(answer.dataSync())));
  });
  model.dispose();
  return outputs;
}

export function largestDifference(one: Float32Array, other: Float32Array): number {
  if (one.length !== other.length) return Infinity;
  return one.reduce((largest, value, index) => Math.max(largest, Math.abs(value - (other[index] ?? NaN))), 0);
}
