// The task `predict`: a model's answers for a .npy file of inputs, written as .npy.
import { readFileSync } from 'node:fs';
import type { EngineResult, EngineTask } from '#contract/engine-messages.ts';
import { StudioError } from '#contract/errors.ts';
import { npyBytes, readNpy } from '#formats/containers/npy.ts';
import { writeFileDurably } from '#main/files/durable-write.ts';
import { readModelFile } from '#formats/model-file.ts';
import { fitShape, inputShapeOf, isChannelsFirst } from './data/fit-data.ts';
import { loadModel } from './models/load-model.ts';
import { openForward } from './training/compiled/compiled-forward.ts';
import { tellPhase, type WorkContext } from './work-context.ts';

const BATCH = 128;

/** Inputs are (N, …sample shape), images with channels first as well, and go in as they are: scaling is up to who wrote the file. @throws StudioError; Interrupted */
export async function predictTask(context: WorkContext, task: Extract<EngineTask, { kind: 'predict' }>): Promise<EngineResult> {
  const { tf, interruption } = context;
  tellPhase(context, 'loading');
  const loaded = await loadModel(tf, readModelFile(task.model));
  const { model } = loaded;
  const forward = openForward(tf, loaded);
  const input = readNpy(readInput(task.input), { file: task.input });
  if (input.shape.length < 1)
    throw new StudioError('wrong-shape', 'The inputs are a single number; an array of shape (N, …) is needed.', { where: task.input });
  const wanted = inputShapeOf(model);
  const given = input.shape.slice(1);
  const fits = wanted.length === given.length && wanted.every((length, axis) => length === null || length === given[axis]);
  const turned = !fits && isChannelsFirst(wanted, given) && given[0] !== 1;
  const sampleShape = turned ? [given[1]!, given[2]!, given[0]!] : fitShape(wanted, given, task.input);
  const samples = input.shape[0]!;
  const size = sampleShape.reduce((product, length) => product * length, 1);
  tellPhase(context, 'predicting');
  const began = performance.now();
  const width = model.outputs[0]!.shape.slice(1);
  let shape = [samples, ...width.map((length) => length ?? 0)];
  const parts: Float32Array[] = [];
  for (let from = 0; from < samples; from += BATCH) {
    await interruption.breathe();
    const count = Math.min(BATCH, samples - from);
    tf.tidy(() => {
      const values = Float32Array.from(input.data.subarray(from * size, (from + count) * size));
      const images = turned
        ? tf.tensor4d(values, [count, given[0]!, given[1]!, given[2]!]).transpose([0, 2, 3, 1])
        : tf.tensor(values, [count, ...sampleShape]);
      const answer = forward.run([images])[0]!;
      shape = [samples, ...answer.shape.slice(1)];
      parts.push(Float32Array.from(answer.dataSync()));
    });
  }
  forward.dispose();
  const seconds = (performance.now() - began) / 1000;
  const data = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((at, part) => (data.set(part, at), at + part.length), 0);
  writeFileDurably(task.output, [npyBytes({ dtype: 'float32', shape, data })]);
  return { kind: 'predict', shape, seconds };
}

function readInput(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    const absent = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    throw new StudioError(absent ? 'not-found' : 'disk-error', absent ? 'There is no such file.' : "The file can't be read.", {
      where: path,
      cause,
    });
  }
}
