// The sensitivity study: what each layer's sparsity alone costs in accuracy and loss, and the per-layer plans that follow from it.
import { z } from 'zod';
import { criteria } from '#criteria/all-criteria.ts';
import { LayerOverride, Sparsity, type Recipe } from './recipe.ts';

/** Each once, ascending: `[0.9, 0.5, 0.9]` becomes `[0.5, 0.9]`. */
const rising = (values: number[]): number[] => [...new Set(values)].sort((one, other) => one - other);
const share = Sparsity.gt(0, 'a sparsity to try is a share above 0');

export const SensitivitySettings = z.strictObject({
  granularity: z
    .enum(['weight', 'neuron', 'filter'])
    .default('weight')
    .describe('what is removed: single weights, or whole neurons or filters'),
  criterion: z
    .enum(criteria.flatMap(({ name, looksAt }) => (looksAt === 'movement' ? [] : [name])))
    .default('magnitude')
    .describe('what goes first in each layer; movement is known only while a network trains'),
  sparsities: z
    .array(share)
    .min(1)
    .max(50)
    .overwrite(rising)
    .default([0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98])
    .describe('shares to try in each layer'),
  samples: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(2000)
    .describe('samples each point is scored on, of the validation split where there is one'),
  losses: z
    .array(z.number().gt(0).lt(1))
    .min(1)
    .max(20)
    .overwrite(rising)
    .default([0.005, 0.01, 0.02, 0.05])
    .describe('losses of accuracy, as 0.01 for one point: a per-layer plan is proposed for each'),
  seed: z.int().min(0).max(0xffff_ffff).default(1).describe('rules which samples are taken'),
});
export type SensitivitySettings = z.infer<typeof SensitivitySettings>;

export const SensitivityPoint = z.object({
  sparsity: z.number(),
  /** Weights or channels that this removes; channels never all. */
  removed: z.int(),
  accuracy: z.number(),
  loss: z.number(),
});
export type SensitivityPoint = z.infer<typeof SensitivityPoint>;

export const LayerSensitivity = z.object({
  /** The layer; of channels that several layers make together, the first of them. */
  name: z.string(),
  /** Weights or channels that may go. */
  total: z.int(),
  /** Weights that go when all of it goes: what the plans count as gain. */
  weights: z.int(),
  /** Ascending by sparsity; everything else in the network is whole. */
  points: z.array(SensitivityPoint),
});
export type LayerSensitivity = z.infer<typeof LayerSensitivity>;

/** The sparsest plan found whose accuracy, all layers together and before any fine-tuning, falls by no more than `allowed`. */
export const SensitivityPlan = z.object({
  allowed: z.number(),
  /** Every layer that has a sensitivity, those kept whole with 0: a recipe's `layers` as they stand. */
  layers: z.array(LayerOverride),
  /** Share of all these layers' weights that goes. */
  sparsity: z.number(),
  accuracy: z.number(),
  loss: z.number(),
});
export type SensitivityPlan = z.infer<typeof SensitivityPlan>;

export const Sensitivity = z.object({
  settings: SensitivitySettings,
  /** The unpruned network on the same samples. */
  baseline: z.object({ accuracy: z.number(), loss: z.number() }),
  split: z.enum(['train', 'validation']),
  samples: z.int(),
  layers: z.array(LayerSensitivity),
  plans: z.array(SensitivityPlan),
  seconds: z.number(),
});
export type Sensitivity = z.infer<typeof Sensitivity>;

/** The lines of a recipe that follow from a plan; all else is as the recipe's defaults say. */
export type PlanRecipe = Pick<Recipe, 'granularity' | 'criterion' | 'scope' | 'sparsity' | 'layers'>;

/** Every layer stands by itself, so the overall sparsity only says how far a schedule that rises has got. */
export function recipeOf({ settings }: Pick<Sensitivity, 'settings'>, { layers, sparsity }: SensitivityPlan): PlanRecipe {
  return {
    granularity: settings.granularity,
    criterion: settings.criterion,
    scope: 'layer',
    sparsity: Number(sparsity.toFixed(4)),
    layers,
  };
}
