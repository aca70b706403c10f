// The networks that the studio brings along, untrained.
import { StudioError } from '#contract/errors.ts';
import { initialise } from './initialise.ts';
import type { ModelArtifact, Topology } from './model-artifact.ts';
import { cnnSmall } from './starters/cnn-small.ts';
import { depthwiseCnn } from './starters/depthwise-cnn.ts';
import { lenet300100 } from './starters/lenet-300-100.ts';
import { lenet5 } from './starters/lenet-5.ts';
import { resnet8 } from './starters/resnet-8.ts';

export interface Starter {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
}

const catalogue: readonly (Starter & { readonly topology: Topology })[] = [
  {
    name: 'lenet-300-100',
    title: 'LeNet-300-100',
    summary: 'Three dense layers for 28 × 28 images in 10 classes; 266,610 parameters. The classic of the pruning literature.',
    topology: lenet300100,
  },
  {
    name: 'lenet-5',
    title: 'LeNet-5 (Caffe)',
    summary: 'Two convolutions and two dense layers for 28 × 28 images in 10 classes; 431,080 parameters.',
    topology: lenet5,
  },
  {
    name: 'cnn-small',
    title: 'Small CNN',
    summary: 'Two convolutions with batch normalization and two dense layers for 28 × 28 images in 10 classes; 106,010 parameters.',
    topology: cnnSmall,
  },
  {
    name: 'resnet-8',
    title: 'ResNet-8',
    summary: 'Three residual stacks with batch normalization for 32 × 32 × 3 images in 10 classes; 78,330 parameters.',
    topology: resnet8,
  },
  {
    name: 'depthwise-cnn',
    title: 'Depthwise CNN',
    summary: 'Four depthwise-separable blocks, as in MobileNet, for 32 × 32 × 3 images in 10 classes; 69,834 parameters.',
    topology: depthwiseCnn,
  },
];

export const starters: readonly Starter[] = catalogue.map(({ name, title, summary }) => ({ name, title, summary }));

/** Fresh weights by the seed (0 … 2³² − 1). StudioError `not-found` where there is no such starter. */
export function buildStarter(name: string, seed: number): ModelArtifact {
  const starter = catalogue.find((entry) => entry.name === name);
  if (starter === undefined) {
    throw new StudioError('not-found', `There is no starter network "${name}".`, {
      whatToDo: `Take one of ${catalogue.map((entry) => entry.name).join(', ')}.`,
    });
  }
  return initialise(starter.topology, seed);
}
