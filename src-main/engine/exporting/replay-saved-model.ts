// SavedModels, loaded and run by TensorFlow itself through their serving signature.
import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs-node';
import { StudioError } from '#contract/errors.ts';
import type { WorkContext } from '../work-context.ts';
import type { Replay } from './replay.ts';
import type { Written } from './write-format.ts';

const BATCH = 32;

/** @throws StudioError `internal` where TensorFlow won't load what was written */
export async function replaySavedModel({ tf, environment, interruption }: WorkContext, { folder, signature }: Written): Promise<Replay> {
  const model = await tf.node.loadSavedModel(folder, ['serve'], 'serving_default').catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message.split('\n')[0]! : String(cause);
    throw new StudioError('internal', `TensorFlow won't load the exported folder: ${reason}`, { whatToDo: 'Please report this.', cause });
  });
  const [given, answered] = [signature?.inputs ?? [], signature?.outputs ?? []];
  return {
    runtime: `TensorFlow ${environment.tensorflow}, serving_default`,
    speed: 2e10,
    step: 0,
    async answer(inputs) {
      const count = inputs[0]?.shape[0] ?? 0;
      const results: Float32Array[] = [];
      for (let from = 0; from < count; from += BATCH) {
        await interruption.breathe();
        const to = Math.min(count, from + BATCH);
        tf.tidy(() => {
          const feeds: NamedTensorMap = Object.fromEntries(
            inputs.map(({ shape, data }, index): [string, Tensor] => {
              const size = data.length / count;
              return [given[index]!, tf.tensor(data.slice(from * size, to * size), [to - from, ...shape.slice(1)], 'float32')];
            }),
          );
          const answers = model.predict(feeds) as NamedTensorMap;
          answered.forEach((name, output) => {
            const values = answers[name]!.dataSync();
            const whole = (results[output] ??= new Float32Array((values.length / (to - from)) * count));
            whole.set(values, (values.length / (to - from)) * from);
          });
        });
      }
      return results;
    },
    dispose: () => model.dispose(),
  };
}
