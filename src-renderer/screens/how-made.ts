// One sentence on how a variant came to be.
import type { Variant } from '#contract/nouns.ts';
import { thingsRemoved } from '#contract/recipe-words.ts';
import { labelOf } from '../forms/fields-of-schema.ts';
import { share } from '../format/numbers.ts';
import { counted } from '../format/shapes.ts';

const manners = {
  'one-shot': 'at once',
  iterative: 'in rounds',
  polynomial: 'gradually',
  'lottery-ticket': 'as a lottery ticket',
} as const;

/** "Pruned 90 % of the weights at once, whole network, then fine-tuned 2 epochs" */
export function howMade({ made, kind }: Pick<Variant, 'made' | 'kind'>): string {
  if (made.by === 'import') return kind === 'untrained' ? 'A fresh network, not trained yet' : 'Imported';
  if (made.by === 'training')
    return `Trained ${counted(made.settings.epochs, 'epoch')} with ${labelOf(made.settings.optimizer)} at a learning rate of ${made.settings.rate}, seed ${made.settings.seed}`;
  const { granularity, nm, criterion, sparsity, schedule, scope, epochs } = made.recipe;
  const what = granularity === 'n:m' ? `the weights ${nm}` : `${share(sparsity)} of the ${thingsRemoved(made.recipe)}`;
  const by = criterion === 'magnitude' ? '' : ` by ${criterion}`;
  const where = scope === 'global' ? 'over the whole network' : 'in each layer';
  return `Pruned ${what}${by} ${manners[schedule]} ${where}${epochs === 0 ? ', without fine-tuning' : `, fine-tuned ${counted(epochs, 'epoch')}`}`;
}
