// How to train and how to prune: every field is a flag of the command line, a field of a form and a line of a recipe file.
import { z } from 'zod';
import { criteria } from '#criteria/all-criteria.ts';
import { Granularity } from './network.ts';

export const Optimizer = z.enum(['adam', 'adamw', 'sgd', 'momentum', 'nesterov', 'rmsprop']);
export type Optimizer = z.infer<typeof Optimizer>;

/** Labels are whole numbers: `categorical` is what Keras calls sparse categorical cross-entropy. */
export const Loss = z.enum(['auto', 'categorical', 'binary', 'mse']);
export type Loss = z.infer<typeof Loss>;

const epochs = z.int().min(0).max(10_000);
const seed = z.int().min(0).max(0xffff_ffff);

/** How steps are taken, in training from scratch and in fine-tuning alike; each field is independent of how long the run is. */
const stepFields = {
  rate: z.number().positive().max(10).default(0.001).describe('learning rate at its highest'),
  decay: z.enum(['cosine', 'constant', 'step']).default('cosine').describe('how the learning rate falls over the run'),
  dropEvery: z.number().positive().max(10_000).default(10).describe('epochs between two drops of a step decay'),
  dropFactor: z.number().positive().max(1).default(0.1).describe('what a step decay multiplies the rate by at each drop'),
  warmUp: z.number().min(0).max(10_000).default(0).describe('epochs in which the rate rises to its highest; 0 for none'),
  batch: z.int().min(1).max(65_536).default(128).describe('samples a step'),
  optimizer: Optimizer.default('adam').describe('how gradients become steps'),
  loss: Loss.default('auto').describe('what is made small; auto is the cross-entropy that suits the output'),
  weightDecay: z
    .number()
    .min(0)
    .max(1)
    .nullable()
    .default(null)
    .describe('share of each weight that a step takes off; left out: 0.004 with adamw, else none'),
  clip: z.number().min(0).max(1e6).default(0).describe('largest norm of all gradients together, longer ones are scaled down; 0 for any'),
  scaleL1: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe('L1 penalty on batch-norm scales, which empties channels (Network Slimming); 0: none'),
  patience: z
    .int()
    .min(0)
    .max(10_000)
    .default(0)
    .describe('epochs without a lower validation loss before the run stops; 0 to never stop early'),
  keepBest: z.boolean().default(false).describe('end with the weights of the epoch that had the lowest validation loss'),
};
/** Decoupled from the gradients (Loshchilov & Hutter 2019), as Keras's optimizers have it, AdamW with a decay of its own. */
export function decayOf({ optimizer, weightDecay }: Pick<StepFields, 'optimizer' | 'weightDecay'>): number {
  return weightDecay ?? (optimizer === 'adamw' ? 0.004 : 0);
}

/** What training and fine-tuning are both told. */
export const StepFields = z.strictObject(stepFields);
export type StepFields = z.infer<typeof StepFields>;

export const TrainSettings = z.strictObject({
  epochs: epochs.min(1).default(8).describe('passes over the training split'),
  ...stepFields,
  reinitialise: z
    .boolean()
    .default(false)
    .describe('fresh weights drawn by the seed; several --seeds of an untrained network do so anyway'),
  seed: seed.default(1).describe('rules initialisation and shuffling'),
});
export type TrainSettings = z.infer<typeof TrainSettings>;

/** The share of weights (granularity weight) or channels (neuron, filter) to remove. */
export const Sparsity = z
  .number()
  .min(0, 'sparsity is a share from 0 to below 1')
  .lt(1, 'sparsity is a share from 0 to below 1, as 0.9 for 90 %');

export const Criterion = z.enum(criteria.map(({ name }) => name));
export type Criterion = z.infer<typeof Criterion>;
export const Scope = z.enum(['global', 'layer']);
export const Schedule = z.enum(['one-shot', 'iterative', 'polynomial', 'lottery-ticket']);
export type Schedule = z.infer<typeof Schedule>;
export const Spacing = z.enum(['geometric', 'linear']);

const share = z.number().min(0).max(1);

export const LayerOverride = z.strictObject({
  /** A layer name in which `*` stands for anything: `conv*`. */
  pattern: z.string().min(1).max(1024),
  sparsity: Sparsity,
});

/**
 * What the score of a channel is divided by, so that groups of different size and scale can be ranked together: nothing, the number of
 * weights that make it, or the largest or mean score of its group. `auto` is what suits the criterion: the number of weights for norms,
 * whose sums grow with the filters; nothing for what is in units of the loss or a share already; the mean for distances.
 */
export const Normalise = z.enum(['auto', 'none', 'size', 'max', 'mean']);
/** How the scores of the layers whose channels go together become one. */
export const Combine = z.enum(['sum', 'mean', 'max', 'first']);

/** Both halves of `4x4` or `2:4`, checked by the schema before. */
export function pairOf(text: string): readonly [number, number] {
  const [first = 1, second = 1] = text.split(/[x:]/).map(Number);
  return [first, second];
}

const fields = z.strictObject({
  granularity: Granularity.default('weight').describe('what is removed: weights, blocks or n:m of them, or whole neurons or filters'),
  block: z
    .string()
    .regex(/^[1-9]\d{0,3}x[1-9]\d{0,3}$/, 'a block is written ROWSxCOLUMNS, as 4x4 or 1x8')
    .default('4x4')
    .describe('size of a block: inputs x outputs of a kernel, a convolution flattened'),
  nm: z
    .string()
    .regex(/^[1-9]\d{0,2}:[1-9]\d{0,2}$/, 'n:m is written as 2:4, for 2 weights kept of every 4')
    .refine((text) => pairOf(text)[0] < pairOf(text)[1], 'fewer weights are kept than there are, as 2:4 or 1:8')
    .default('2:4')
    .describe('of every m weights along the input axis n stay'),
  criterion: Criterion.default('magnitude').describe('how importance is judged'),
  scoreSamples: z.int().min(1).max(10_000_000).default(1024).describe('training samples that gradients and activations are taken from'),
  scope: Scope.default('global').describe('rank over the whole network, or within each layer'),
  normalise: Normalise.default('auto').describe('what a channel score is divided by, to rank layers together'),
  combine: Combine.default('sum').describe('how the scores of layers whose channels go together become one'),
  sparsity: Sparsity.default(0.9).describe('share of weights, blocks or channels removed; n:m has its own'),
  layers: z.array(LayerOverride).max(1000).default([]).describe('per-layer overrides, PATTERN=0.5; 0 keeps a layer whole'),
  keepFirst: z.boolean().default(false).describe('keep the first layer whole: few weights, and all others live on what they pass on'),
  keepLast: z.boolean().default(false).describe('keep the last layer whole: each of its outputs is a class'),
  roundTo: z.int().min(1).max(1024).default(1).describe('channels left in a layer are a multiple of this, as 8'),
  minChannels: z.int().min(1).max(65_536).default(1).describe('channels that each layer keeps at least'),
  schedule: Schedule.default('one-shot').describe('when sparsity rises'),
  rounds: z.int().min(1).max(1000).default(5).describe('rounds of the schedules iterative and lottery-ticket'),
  spacing: Spacing.default('geometric').describe('what a round removes: the same share of what is left, or the same number'),
  floor: share.nullable().default(null).describe('rounds: validation accuracy below which the last good round is taken back to, as 0.98'),
  floorPoints: z.number().min(0).max(100).nullable().default(null).describe('rounds: the same floor, in points below the baseline, as 0.5'),
  rewindTo: z.int().min(0).default(0).describe('lottery-ticket: the step that each round goes back to; 0 is the start'),
  initialSparsity: Sparsity.default(0).describe('polynomial: sparsity that it begins with'),
  begin: share.default(0).describe('polynomial: share of the steps before sparsity rises'),
  end: share.default(0.75).describe('polynomial: share of the steps after which it is reached'),
  power: z.number().positive().max(100).default(3).describe('polynomial: 1 rises evenly, 3 steeply at first'),
  frequency: z
    .int()
    .min(1)
    .nullable()
    .default(null)
    .describe('steps between two selections of what to prune; about a hundred in all if left out'),
  splice: share.default(0).describe('share of the steps in which pruned weights may come back, best by momentum; 0: never'),
  reinitialise: z.boolean().default(false).describe('draw fresh weights from the seed first: pruning at initialisation'),
  epochs: epochs.default(2).describe('epochs of fine-tuning, in each round where there are rounds; 0 for none'),
  ...stepFields,
  distill: z
    .union([z.boolean(), z.string().min(1).max(1024)])
    .default(false)
    .describe("fine-tune on a teacher's answers too: those of the unpruned network, or of another MODEL"),
  distillTemperature: z.number().min(0.1).max(100).default(4).describe("how far the teacher's answers are softened; 1 for not at all"),
  distillMix: z.number().min(0).max(1).default(0.5).describe("the teacher's share of the loss; the labels have the rest"),
  recalibrate: z.boolean().default(true).describe('measure the statistics of batch normalization anew after pruning'),
  compact: z.boolean().default(true).describe('take pruned channels out of the network for good (neuron, filter)'),
  sweep: z.boolean().default(false).describe('then take out neurons and filters left without a weight in or out (weight, block, n:m)'),
  seed: seed.default(1).describe('rules shuffling, and fresh weights'),
});

/** What of a recipe depends on more than one field. */
const consistent: z.core.CheckFn<z.infer<typeof fields>> = ({ value, issues }) => {
  const refuse = (field: keyof typeof value, message: string) =>
    issues.push({ code: 'custom', path: [field], message, input: value[field] });
  if (value.initialSparsity > value.sparsity) refuse('initialSparsity', 'sparsity can only rise: begin with no more than the final one');
  if (value.schedule === 'polynomial' && value.begin >= value.end) refuse('end', 'the rise has to end later than it begins');
  if (value.schedule === 'lottery-ticket' && value.splice > 0)
    refuse('splice', 'a lottery ticket goes back to early weights, so none can come back later');
  if (value.schedule === 'lottery-ticket' && value.epochs === 0) refuse('epochs', 'a lottery ticket is found by training: give at least 1');
};

export const Recipe = fields.check(consistent);
export type Recipe = z.infer<typeof Recipe>;

/** A recipe as a file holds it, which may also say what it is good for. */
export const RecipeFile = fields
  .extend({ title: z.string().max(200).optional(), about: z.string().max(2000).optional() })
  .check(consistent);
export type RecipeFile = z.infer<typeof RecipeFile>;
