// Which fields a form shows at once; all others of the contract, those to come too, stand in its fold.
import { Recipe, StepFields, TrainSettings } from '#contract/recipe.ts';
import { fieldsOf, type FieldSpec } from './fields-of-schema.ts';

export interface FieldGroup {
  readonly usual: readonly FieldSpec[];
  readonly rare: readonly FieldSpec[];
}

function grouped(fields: readonly FieldSpec[], usual: readonly string[]): FieldGroup {
  return {
    usual: usual.flatMap((name) => fields.filter((field) => field.name === name)),
    rare: fields.filter(({ name }) => !usual.includes(name)),
  };
}

const usualSteps = ['epochs', 'rate', 'batch', 'optimizer', 'weightDecay'];
export const trainGroup = grouped(fieldsOf(TrainSettings), usualSteps);

const recipeFields = fieldsOf(Recipe);
const named = (names: readonly string[]) => recipeFields.filter(({ name }) => names.includes(name));

/** Of a recipe these have controls of their own: choices with their sentences, the slider, the list of layers, the teacher. */
export const ownControls: readonly string[] = [
  'granularity',
  'block',
  'nm',
  'criterion',
  'scope',
  'sparsity',
  'layers',
  'schedule',
  'distill',
];
const limits = ['compact', 'sweep', 'keepFirst', 'keepLast', 'roundTo', 'minChannels', 'scoreSamples', 'normalise', 'combine'];
const pace = ['rounds', 'spacing', 'floor', 'floorPoints', 'rewindTo', 'initialSparsity', 'begin', 'end', 'power', 'frequency', 'splice'];

export const limitFields = named(limits);
export const scheduleGroup = grouped(named([...pace, 'reinitialise']), [
  'rounds',
  'floor',
  'floorPoints',
  'rewindTo',
  'initialSparsity',
  'end',
]);
/** What has no other place is about the training that follows. */
export const fineTuneGroup = grouped(
  recipeFields.filter(({ name }) => ![...ownControls, ...limits, ...pace, 'reinitialise'].includes(name)),
  usualSteps,
);
/** Whether a field only steers training, and says nothing where there is none. */
export function steersTraining({ name }: FieldSpec): boolean {
  return name in StepFields.shape || name.startsWith('distill');
}
