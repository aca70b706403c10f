// What ReLUs answer, batch by batch, for APoZ; also those within nested models.
import type { Tensor } from '@tensorflow/tfjs-node';
import { answersToWatch } from '#pruning/observations.ts';
import { runsAlong } from '#pruning/tensor-axes.ts';
import type { WorkContext } from '../work-context.ts';
import type { Watch } from './gather-evidence.ts';
import type { Watched } from './watch-products.ts';

/** The part of a tfjs layer that is listened to. */
interface Callable {
  readonly name: string;
  readonly layers?: readonly Callable[];
  call(inputs: Tensor | Tensor[], kwargs: object): Tensor | Tensor[];
}

/**
 * Answers are those of inference. A layer that is called several times counts each call alike. The network is the caller's to throw away: its
 * layers are listened to from here on.
 */
export function watchAnswers({ tf }: Pick<WorkContext, 'tf'>, { network, artifact, recipe, criterion }: Watched): Watch {
  const { model } = network.loaded;
  const layers = new Map(allLayers(model.layers as unknown as readonly Callable[]).map((layer) => [layer.name, layer]));
  const watched = answersToWatch(artifact, recipe).map(({ layer: name, length, axis }) => {
    const layer = layers.get(name);
    if (layer === undefined) throw new Error(`${name} is no layer of the network`);
    const answers = { name, sums: new Float64Array(length), calls: 0 };
    const call = layer.call.bind(layer);
    layer.call = (inputs, kwargs) => {
      const given = call(inputs, kwargs);
      for (const answer of Array.isArray(given) ? given : [given]) {
        criterion.add(answers.sums, answer.dataSync() as Float32Array, runsAlong(answer.shape, answer.rank + axis));
        answers.calls++;
      }
      return given;
    };
    return answers;
  });

  return {
    see: ({ inputs }) => {
      tf.tidy(() => void model.apply(inputs, { training: false }));
    },
    evidence: () => new Map(watched.map(({ name, sums, calls }) => [name, sums.map((sum) => sum / Math.max(calls, 1))])),
  };
}

/** Names are unique in the whole network. */
function allLayers(layers: readonly Callable[]): Callable[] {
  return layers.flatMap((layer) => [layer, ...allLayers(layer.layers ?? [])]);
}
