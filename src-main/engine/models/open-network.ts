// A network opened for scoring and training: its training view in TensorFlow, and the artifact that it stands for.
import type { Loss } from '#contract/recipe.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import type { OpenData } from '../data/open-data.ts';
import type { Scorer } from '../measuring/score-split.ts';
import type { WorkContext } from '../work-context.ts';
import { openForward, type Forward } from '../training/compiled/compiled-forward.ts';
import { lossFor, type LossFunctions } from '../training/losses.ts';
import { captureWeights, loadModel, type LoadedModel } from './load-model.ts';
import { trainingView, type Head } from './training-view.ts';

export interface Network {
  /** Answers with logits. */
  readonly loaded: LoadedModel;
  readonly head: Head;
  readonly loss: LossFunctions;
  /** The same answers as one graph. */
  readonly forward: Forward;
  /** The whole network with the weights as they are in TensorFlow now. */
  capture(): ModelArtifact;
  dispose(): void;
}

/** `loss`: where it is not the one that suits the output. @throws StudioError `unsupported`, `damaged-file`; `bad-input` where the loss doesn't fit */
export async function openNetwork({ tf }: Pick<WorkContext, 'tf'>, artifact: ModelArtifact, loss?: Loss): Promise<Network> {
  const view = trainingView(artifact);
  const loaded = await loadModel(tf, view.artifact);
  const units = loaded.model.outputs[0]?.shape.at(-1) ?? 1;
  const forward = openForward(tf, loaded);
  return {
    loaded,
    head: view.head,
    loss: lossFor(tf, view.head, units, loss),
    forward,
    capture: () => ({ ...artifact, weights: captureWeights(loaded.weights) }),
    dispose: () => {
      forward.dispose();
      loaded.dispose();
    },
  };
}

export function scorerFor({ tf, interruption }: WorkContext, { forward, loss }: Network, { classes }: OpenData): Scorer {
  return { tf, interruption, forward, loss, classes };
}
