// A network's answers in the studio's own TensorFlow, and how far two sets of answers are apart.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { openNpz } from '#formats/containers/npz.ts';
import { loadModel } from '#main/engine/models/load-model.ts';
import { loadTensorflow } from '#main/engine/runtime/load-tensorflow.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';

export interface Numbers {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** in0, in1, … and out0, out1, … of a .npz. */
export async function readAnswers(path: string): Promise<{ readonly inputs: readonly Numbers[]; readonly answers: readonly Numbers[] }> {
  const archive = await openNpz(readFileSync(path), basename(path));
  const all = async (prefix: string): Promise<Numbers[]> => {
    const found: Numbers[] = [];
    for (let at = 0; archive.has(`${prefix}${at}`); at++) {
      const { shape, data } = await archive.read(`${prefix}${at}`);
      found.push({ shape, data: Float32Array.from(data) });
    }
    return found;
  };
  return { inputs: await all('in'), answers: await all('out') };
}

/** In the order of the model's outputs. */
export async function predict(artifact: ModelArtifact, inputs: readonly Numbers[]): Promise<Numbers[]> {
  const tf = loadTensorflow();
  const { model, dispose } = await loadModel(tf, artifact);
  try {
    return tf.tidy(() => {
      const given = inputs.map(({ shape, data }, at) => tf.cast(tf.tensor(data, [...shape]), model.inputs[at]?.dtype ?? 'float32'));
      const answers = model.predict(given);
      return (Array.isArray(answers) ? answers : [answers]).map((answer) => ({
        shape: answer.shape,
        data: Float32Array.from(answer.dataSync()),
      }));
    });
  } finally {
    dispose();
  }
}

/** The largest difference as a share of the range of what is expected; Infinity where shapes differ or numbers are missing. */
export function apart(one: readonly Numbers[], expected: readonly Numbers[]): number {
  if (one.length !== expected.length) return Infinity;
  return Math.max(
    ...expected.map(({ data }, at) => {
      const other = one[at]!.data;
      if (other.length !== data.length) return Infinity;
      let [least, most, largest] = [Infinity, -Infinity, 0];
      for (let index = 0; index < data.length; index++) {
        const value = data[index]!;
        [least, most] = [Math.min(least, value), Math.max(most, value)];
        const difference = Math.abs(value - other[index]!);
        largest = Number.isNaN(difference) ? Infinity : Math.max(largest, difference);
      }
      return largest === 0 ? 0 : largest / (most - least || Math.abs(most) || 1);
    }),
  );
}
