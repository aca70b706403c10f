// Models of tfjs-layers as artifacts; its answers and ONNX Runtime's to the same inputs, and how far apart they are.
import type * as Tf from '@tensorflow/tfjs';
import * as ort from 'onnxruntime-node';
import type { ModelArtifact, NamedTensor, Topology } from '#network/model-artifact.ts';
import { loadInTfjs } from '../network/run-in-tfjs.ts';

const tf: typeof Tf = await import('@tensorflow/tfjs');

/** Numbers between −1 and 1 that never repeat soon. */
export function wave(length: number, phase: number): Float32Array {
  return Float32Array.from({ length }, (_, index) => Math.sin(index * 1.37 + phase) * Math.cos(index * 0.11 + 2 * phase));
}

/** The network as Espalier keeps it, with weights that are nothing like their initial ones; a tenth of them exactly zero. */
export function artifactOf(model: Tf.LayersModel): ModelArtifact {
  const json: unknown = model.toJSON(null, false);
  const topology = JSON.parse(JSON.stringify(json)) as Topology;
  const weights = model.weights.map((weight, at): NamedTensor => {
    const shape = weight.shape.map((size) => size ?? 0);
    const name = weight.originalName;
    const raw = wave(
      shape.reduce((product, size) => product * size, 1),
      at,
    );
    // Variances are positive, scales near one, kernels small enough that saturating activations still tell inputs apart.
    const data = raw.map((value, index) =>
      name.endsWith('variance') ? 0.5 + Math.abs(value) : name.endsWith('gamma') ? 1 + 0.5 * value : index % 10 === 3 ? 0 : 0.5 * value,
    );
    return { name, dtype: 'float32', shape, data };
  });
  return { topology, weights, metadata: { made: 'in a test' } };
}

/** One input a model input; whole numbers from 0 to 3 where the model begins with an embedding. */
export function inputsOf(model: Tf.LayersModel, samples: number): { shape: number[]; data: Float32Array }[] {
  return model.inputs.map((input, at) => {
    const shape = [samples, ...input.shape.slice(1).map((size) => size ?? 5)];
    const data = wave(
      shape.reduce((product, size) => product * size, 1),
      at + 0.3,
    );
    return {
      shape,
      data: model.layers.some((layer) => layer.getClassName() === 'Embedding')
        ? data.map((value) => Math.floor(Math.abs(value) * 3.99))
        : data,
    };
  });
}

export async function answersOfTfjs(
  artifact: ModelArtifact,
  inputs: readonly { shape: readonly number[]; data: Float32Array }[],
): Promise<Float32Array[]> {
  const model = await loadInTfjs(artifact);
  const answer = model.predict(inputs.map(({ shape, data }) => tf.tensor(data, [...shape])));
  const outputs = (Array.isArray(answer) ? answer : [answer]).map((tensor) => Float32Array.from(tensor.dataSync()));
  model.dispose();
  return outputs;
}

export async function answersOfOnnxRuntime(
  file: string | Uint8Array,
  inputs: readonly { shape: readonly number[]; data: Float32Array }[],
): Promise<{ name: string; dims: readonly number[]; data: Float32Array }[]> {
  const options = { executionProviders: ['cpu'], intraOpNumThreads: 1, logSeverityLevel: 3 } as const;
  const session = await (typeof file === 'string'
    ? ort.InferenceSession.create(file, options)
    : ort.InferenceSession.create(file, options));
  const feeds = Object.fromEntries(
    session.inputNames.map((name, at) => [name, new ort.Tensor('float32', inputs[at]!.data, [...inputs[at]!.shape])]),
  );
  const answers = await session.run(feeds);
  const outputs = session.outputNames.map((name) => {
    const { data, dims } = answers[name]!;
    return { name, dims, data: Float32Array.from(data as Float32Array) };
  });
  await session.release();
  return outputs;
}

/** The largest difference as a part of the range of the expected answers. */
export function difference(answers: readonly Float32Array[], expected: readonly Float32Array[]): number {
  if (answers.length !== expected.length) return Infinity;
  return Math.max(
    ...expected.map((values, at) => {
      const other = answers[at]!;
      if (other.length !== values.length) return Infinity;
      const range = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
      return (
        values.reduce((most, value, index) => {
          const gap = Math.abs(value - other[index]!);
          return Number.isNaN(gap) ? Infinity : Math.max(most, gap);
        }, 0) / range
      );
    }),
  );
}
