// Run by itself: asks exported folders in TensorFlow.js as it comes, without the layers that Espalier adds to it. One line of JSON in, one out, as replay.py.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { zipSync } from 'fflate';
import { npyBytes } from '#formats/containers/npy.ts';
import { openNpz } from '#formats/containers/npz.ts';
import { loadTensorflow } from '#main/engine/runtime/load-tensorflow.ts';
import type { Case } from './ask-runtimes.ts';

const tf = loadTensorflow();
for await (const line of createInterface({ input: process.stdin })) {
  const began = performance.now();
  const fault = await answer(JSON.parse(line)).then(
    () => undefined,
    (thrown: unknown) => String(thrown).slice(0, 300),
  );
  tf.disposeVariables();
  process.stdout.write(`${JSON.stringify({ seconds: (performance.now() - began) / 1000, ...(fault === undefined ? {} : { fault }) })}\n`);
}

async function answer({ file, inputs, answers }: Case): Promise<void> {
  const archive = await openNpz(readFileSync(inputs), 'inputs.npz');
  const model = await tf.loadLayersModel(pathToFileURL(file).href);
  const given = await Promise.all(
    model.inputs.map(async ({ dtype }, at) => {
      const { shape, data } = await archive.read(`in${at}`);
      return tf.cast(tf.tensor(Float32Array.from(data), [...shape]), dtype);
    }),
  );
  const answered = [model.predict(given)].flat();
  const members = answered.map((tensor, at) => {
    const bytes = npyBytes({ dtype: 'float32', shape: tensor.shape, data: Float32Array.from(tensor.dataSync()) });
    return [`out${at}.npy`, bytes] as const;
  });
  tf.dispose([...given, ...answered]);
  model.dispose();
  mkdirSync(dirname(answers), { recursive: true });
  writeFileSync(answers, zipSync(Object.fromEntries(members), { level: 0 }));
}
