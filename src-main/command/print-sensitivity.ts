// A sensitivity study as `sensitivity` prints it for people.
import { StudioError } from '#contract/errors.ts';
import type { Job } from '#contract/nouns.ts';
import { Sensitivity } from '#contract/sensitivity.ts';
import { count, duration, percent, points } from './numbers-for-people.ts';
import { labelled, textTable } from './text-table.ts';

/** @throws StudioError `damaged-store` where the kept answer is not what the engine gives */
export function sensitivityOf({ result, name }: Job): Sensitivity {
  const read = Sensitivity.safeParse(result);
  if (read.success) return read.data;
  throw new StudioError('damaged-store', `The result of ${name} can't be read.`, { where: read.error.issues[0]?.path.join('.') });
}

/** Layers that suffer most come first, as on the page: by accuracy at the highest sparsity. */
export function describeSensitivity({ settings, baseline, split, samples, layers, plans, seconds }: Sensitivity): string {
  const harmed = layers.toSorted((one, other) => (one.points.at(-1)?.accuracy ?? 1) - (other.points.at(-1)?.accuracy ?? 1));
  const things = { weight: 'weights', neuron: 'neurons', filter: 'filters' }[settings.granularity];
  return [
    `Accuracy with one layer pruned${settings.criterion === 'magnitude' ? '' : ` by ${settings.criterion}`}, the others whole (${percent(baseline.accuracy)} unpruned; ${count(samples)} samples of the ${split} split)`,
    '',
    textTable(
      ['layer', `>${things}`, ...settings.sparsities.map((sparsity) => `>${percent(sparsity, 0)}`)],
      harmed.map(({ name, total, points: row }) => [name, count(total), ...row.map(({ accuracy }) => percent(accuracy, 1))]),
    ),
    '',
    'Plans for all layers together, before any fine-tuning',
    '',
    textTable(
      ['>may lose', '>change in points', '>weights removed', 'layers'],
      plans.map((plan) => [
        percent(plan.allowed, 1),
        points(plan.accuracy - baseline.accuracy),
        percent(plan.sparsity, 1),
        plan.layers.map(({ pattern, sparsity }) => `${pattern}=${sparsity}`).join(' '),
      ]),
    ),
    '',
    labelled([['time', duration(seconds)]]),
  ].join('\n');
}
