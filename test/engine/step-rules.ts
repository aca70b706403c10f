// The rule of an optimizer as the contract completes it.
import { TrainSettings, type Optimizer } from '#contract/recipe.ts';
import { updateRule, type UpdateRule } from '#main/engine/training/optimizers.ts';

export function ruleOf(optimizer: Optimizer, given: Partial<UpdateRule> = {}): UpdateRule {
  return { ...updateRule(TrainSettings.parse({ optimizer })), ...given };
}
