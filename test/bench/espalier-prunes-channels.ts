// Espalier's side of `surgery`: everything that stands between a network in memory and the smaller network in memory.
import { Recipe } from '#contract/recipe.ts';
import { initialise } from '#network/initialise.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { selectChannels } from '#pruning/channel-selection.ts';
import { compactChannels } from '#pruning/compact.ts';
import { denseNet121, mobileNetV2, resNet50 } from '../pruning/architectures.ts';
import { answerRounds } from './answer-rounds.ts';
import type { SurgeryTask } from './surgery.ts';

const { network, sparsity, image, classes } = JSON.parse(process.argv[2]!) as SurgeryTask;
const build = { resnet50: resNet50, mobilenet_v2: mobileNetV2, densenet121: denseNet121 }[network];
const artifact = initialise(build({ thinner: 1, image, classes }), 1);
const recipe = Recipe.parse({ granularity: 'filter', scope: 'layer', sparsity });

function prune() {
  // What is known of a topology is kept by identity: a copy begins from nothing, as a network just loaded does.
  const whole = { ...artifact, topology: structuredClone(artifact.topology) };
  const began = performance.now();
  const small = compactChannels(whole, selectChannels(whole, recipe, sparsity));
  return { seconds: (performance.now() - began) / 1000, before: trainable(whole), after: trainable(small) };
}

function trainable({ weights }: ModelArtifact): number {
  return weights.reduce((sum, { name, data }) => sum + (name.includes('moving_') ? 0 : data.length), 0);
}

const first = prune();
await answerRounds({ first }, () => Promise.resolve(prune()));
