// What ReLUs answer, batch by batch, for APoZ.
import type { Tensor } from '@tensorflow/tfjs-node';
import { StudioError } from '#contract/errors.ts';
import { answersToWatch } from '#pruning/observations.ts';
import { runsAlong } from '#pruning/tensor-axes.ts';
import type { WorkContext } from '../work-context.ts';
import type { Watch } from './gather-evidence.ts';
import type { Watched } from './watch-products.ts';

/** Answers are those of inference. StudioError `unsupported` where a layer lies inside a nested model. */
export function watchAnswers({ tf }: Pick<WorkContext, 'tf'>, { network, artifact, recipe, criterion }: Watched): Watch {
  const watched = answersToWatch(artifact, recipe);
  const { model } = network.loaded;
  const outputs = watched.map(({ layer }) => {
    const found = model.layers.find(({ name }) => name === layer);
    if (found !== undefined) return found.getOutputAt(0);
    throw new StudioError('unsupported', 'This layer lies inside a nested model, where its activations can’t be read.', {
      where: `layer "${layer}"`,
      whatToDo: 'Take another criterion, such as "taylor".',
    });
  });
  const reader = tf.model({ inputs: model.inputs, outputs: outputs as never });
  const sums = new Map(watched.map(({ layer, length }) => [layer, new Float64Array(length)]));

  return {
    see: ({ inputs }) => {
      tf.tidy(() => {
        const answers = reader.apply(inputs, { training: false }) as Tensor | Tensor[];
        (Array.isArray(answers) ? answers : [answers]).forEach((answer, at) => {
          const { layer, axis } = watched[at]!;
          criterion.add(sums.get(layer)!, answer.dataSync() as Float32Array, runsAlong(answer.shape, answer.rank + axis));
        });
      });
    },
    evidence: (batches) => new Map([...sums].map(([layer, scores]) => [layer, scores.map((sum) => sum / batches)])),
  };
}
