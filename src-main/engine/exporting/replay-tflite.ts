// .tflite files, in Espalier's own interpreter of the format: from the bytes alone, integers where the file has integers.
import { readFileSync } from 'node:fs';
import { openTflite } from '#formats/tflite/run-tflite.ts';
import type { WorkContext } from '../work-context.ts';
import { oneByOne, sampleOf, type Replay } from './replay.ts';
import type { Written } from './write-format.ts';

// Asynchronous as the others are, so that a file that can't be opened is always a rejected promise.
export async function replayTflite(context: WorkContext, { entry }: Written): Promise<Replay> {
  const interpreter = openTflite(readFileSync(entry));
  const { file } = interpreter;
  return {
    runtime: 'Espalier’s interpreter of TensorFlow Lite files',
    speed: 2e8,
    step: Math.max(...file.outputs.map((output) => file.tensors[output]?.scales[0] ?? 0)),
    answer: (inputs) => oneByOne(context, inputs, (sample) => interpreter.answer(sample)),
    layers: (inputs) => interpreter.run(sampleOf(inputs, 0)),
    dispose: () => undefined,
  };
}
