// `prune --dry-run`: what the recipe would remove and bring, with speed by a few seconds' probe; nothing is written or recorded.
import type { Probe } from '#contract/probe.ts';
import type { Recipe } from '#contract/recipe.ts';
import { loadModel } from './load-inputs.ts';
import { bytes, count, milliseconds, percent } from './numbers-for-people.ts';
import type { Parts } from './parts.ts';
import { runEngineTask } from './run-engine-task.ts';
import { printResult, type Terminal } from './terminal.ts';
import { labelled, textTable } from './text-table.ts';
import { inWorkFolder } from './work-folder.ts';

/** @throws StudioError; Interrupted */
export async function dryRun(parts: Parts, terminal: Terminal, word: string, recipe: Recipe): Promise<void> {
  const { kind: _, ...result } = await inWorkFolder(async (folder) => {
    const model = await loadModel(parts, terminal, word, folder, recipe.seed);
    return runEngineTask(parts, terminal, model.source.name, { kind: 'probe', model: model.artifact, recipe }, folder);
  });
  const { plan, ...probe } = result;
  await printResult(terminal, { ...plan, recipe, ...probe }, () => describeProbe(result));
}

function describeProbe({ plan, runtimes, untried }: Probe): string {
  return [
    `${plan.verdict}${plan.estimate === undefined ? '' : ` ${plan.estimate}`}`,
    '',
    textTable(
      ['', '>now', '>after'],
      [
        ['parameters', count(plan.before.parameters), count(plan.after.parameters)],
        ['not zero', count(plan.before.nonzero), count(plan.after.nonzero)],
        ['MACs', count(plan.before.macs), count(plan.after.macs)],
        ...(['raw', 'gzip', 'int8', 'sparse'] as const).map((name) => [
          `bytes ${name}`,
          bytes(plan.before.bytes[name]),
          bytes(plan.after.bytes[name]),
        ]),
        ['activations, peak', bytes(plan.before.activationBytes), bytes(plan.after.activationBytes)],
      ],
    ),
    '',
    textTable(
      ['layer', '>removed', '>of', '>kept'],
      plan.layers.map(({ name, removed, total }) => [
        name,
        count(removed),
        count(total),
        total === 0 ? '—' : percent(1 - removed / total, 1),
      ]),
    ),
    ...(plan.skipped.length === 0 ? [] : ['', labelled(plan.skipped.map(({ layer, why }) => ['left whole', `${layer}: ${why}`] as const))]),
    '',
    labelled([
      ...runtimes.map(
        ({ runtime, version, threads, before, after, words }) =>
          [
            `${runtime} ${version}`,
            `${milliseconds(before)} → ${milliseconds(after)}, batch 1, ${threads} ${threads === 1 ? 'thread' : 'threads'}. ${words}`,
          ] as const,
      ),
      ...untried.map(({ runtime, why }) => [runtime, `not tried: ${why}`] as const),
      ...runtimes.slice(0, 1).map(({ host }) => ['host', host] as const),
    ]),
  ].join('\n');
}
