// Whether a dataset and a model fit together, and in which shape a sample goes in.
import type { LayersModel } from '@tensorflow/tfjs-node';
import { shapeFed } from '#contract/data-fit.ts';
import { StudioError } from '#contract/errors.ts';
import type { DatasetSummary } from '#contract/nouns.ts';
import type { SplitName } from '#formats/dataset-file.ts';
import type { Labels } from '#formats/data/labels.ts';
import type { Head } from '../models/training-view.ts';

export interface Fit {
  /** The model's input without the batch axis. */
  readonly sampleShape: readonly number[];
  /** 0 where the network is to answer with numbers. */
  readonly classes: number;
  /** Numbers that are wanted of each sample; 0 where it has a class. */
  readonly targets: number;
}

/** The model's one input without the batch axis; free axes are null. @throws StudioError `unsupported` for several inputs or outputs */
export function inputShapeOf(model: LayersModel): (number | null)[] {
  if (model.inputs.length !== 1 || model.outputs.length !== 1) {
    throw new StudioError(
      'unsupported',
      `This network has ${model.inputs.length} inputs and ${model.outputs.length} outputs; only networks with one of each can be run.`,
      { where: model.name },
    );
  }
  return model.inputs[0]!.shape.slice(1);
}

/** @throws StudioError `wrong-shape` telling both shapes */
export function fitShape(wanted: readonly (number | null)[], given: readonly number[], where: string): number[] {
  const fed = shapeFed(wanted, given);
  if (fed !== null) return fed;
  const turned = isChannelsFirst(wanted, given) || isChannelsFirst(given, wanted);
  throw new StudioError('wrong-shape', `The model takes samples of ${describe(wanted)}, but the data have samples of ${describe(given)}.`, {
    where,
    whatToDo: turned
      ? 'Their channels are on another axis: bring the data in anew for this model, or turn them (numpy.transpose).'
      : 'Choose data of the same size, or a model made for these data.',
  });
}

/** Whether `given` is an image of channels, height and width where height, width and channels are `wanted`. */
export function isChannelsFirst(wanted: readonly (number | null)[], given: readonly (number | null)[]): boolean {
  const fits = (size: number | null | undefined, other: number | null | undefined) => size === null || other === null || size === other;
  return wanted.length === 3 && given.length === 3 && fits(wanted[2], given[0]) && fits(wanted[0], given[1]) && fits(wanted[1], given[2]);
}

export interface Described {
  readonly summary: DatasetSummary;
  readonly splits: { readonly [split in SplitName]: { readonly labels: Labels } };
}

/** @throws StudioError `wrong-shape`, `wrong-labels`, `unsupported` */
export function fitData(model: LayersModel, head: Head, data: Described): Fit {
  const sampleShape = fitShape(inputShapeOf(model), data.summary.sampleShape, model.name);
  const output = model.outputs[0]!.shape.slice(1);
  const units = output[0];
  if (output.length !== 1 || typeof units !== 'number') {
    throw new StudioError(
      'wrong-shape',
      `The model answers with ${describe(output)}; it has to answer with one number for each class or target.`,
      {
        where: model.name,
      },
    );
  }
  const targets = data.summary.targets?.length ?? 0;
  if (targets > 0) {
    if (units === targets && head !== 'softmax') return { sampleShape, classes: 0, targets };
    throw new StudioError(
      'wrong-shape',
      head === 'softmax'
        ? 'The data want numbers to be answered, but the model answers by a softmax, which tells classes apart.'
        : `The data want ${targets} ${targets === 1 ? 'number' : 'numbers'} of each sample, but the model answers with ${units}.`,
      { where: model.name, whatToDo: 'Choose a model whose last layer has a unit for each target and no softmax.' },
    );
  }
  // One unit stands for two classes by its probability or its sign.
  const classes = units === 1 ? 2 : units;
  if (head === 'softmax' && units === 1)
    throw new StudioError('unsupported', "The model has a softmax over a single unit, which is always 1: it can't tell classes apart.", {
      where: model.name,
    });
  for (const [split, { labels }] of Object.entries(data.splits)) {
    const at = labels.findIndex((label) => label < 0 || label >= classes);
    if (at >= 0) {
      throw new StudioError(
        'wrong-labels',
        `Sample ${at} of the ${split} split has the label ${labels[at]}, ` +
          `but the model tells only ${classes} classes apart (0 to ${classes - 1}).`,
        {
          where: data.summary.name,
          whatToDo:
            labels[at] === classes && !Object.values(data.splits).some((split) => split.labels.some((label) => label === 0))
              ? 'The labels begin at 1: save them less by one, so that they are 0 to ' + (classes - 1) + '.'
              : 'Choose a model with as many outputs as the data have classes.',
        },
      );
    }
  }
  return { sampleShape, classes, targets: 0 };
}

function describe(shape: readonly (number | null)[]): string {
  return shape.map((size) => size ?? '?').join(' × ');
}
