// SavedModels, loaded and run by TensorFlow itself through their serving signature.
import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs-node';
import { StudioError } from '#contract/errors.ts';
import type { WorkContext } from '../work-context.ts';
import { inBatches, type Replay } from './replay.ts';
import type { Written } from './write-format.ts';

/** @throws StudioError `internal` where TensorFlow won't load what was written */
export async function replaySavedModel(context: WorkContext, { folder, signature }: Written): Promise<Replay> {
  const { tf, environment } = context;
  const model = await tf.node.loadSavedModel(folder, ['serve'], 'serving_default').catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message.split('\n')[0]! : String(cause);
    throw new StudioError('internal', `TensorFlow won't load the exported folder: ${reason}`, { whatToDo: 'Please report this.', cause });
  });
  const [given, answered] = [signature?.inputs ?? [], signature?.outputs ?? []];
  return {
    runtime: `TensorFlow ${environment.tensorflow}, serving_default`,
    speed: 2e10,
    step: 0,
    answer: (inputs) =>
      inBatches(context, inputs, (batch) => {
        let answers: Float32Array[] = [];
        tf.tidy(() => {
          const feeds = batch.map(({ shape, data }, index): [string, Tensor] => [
            given[index]!,
            tf.tensor(data.slice(), [...shape], 'float32'),
          ]);
          const told = model.predict(Object.fromEntries(feeds)) as NamedTensorMap;
          answers = answered.map((name) => told[name]!.dataSync() as Float32Array);
        });
        return answers;
      }),
    dispose: () => model.dispose(),
  };
}
