// `compare`: models side by side, with accuracy where there is data and latency always, and the report as one HTML file.
import { writeFileSync } from 'node:fs';
import { commands } from '#contract/commands.ts';
import { paretoFront, type Comparison, type ComparisonRow } from '#contract/comparison.ts';
import { sameReading } from '#contract/data-options.ts';
import { StudioError } from '#contract/errors.ts';
import type { NetworkSummary } from '#contract/network.ts';
import { MeasureSettings } from '#contract/nouns.ts';
import { LEVEL, mcnemar } from '#contract/paired-answers.ts';
import type { Command } from './command.ts';
import { loadDataset, loadModel, readingFor, type LoadedDataset } from './load-inputs.ts';
import { modelSource } from './name-inputs.ts';
import { outputPath } from './name-outputs.ts';
import { bytes, count, milliseconds, percent, points, short, times } from './numbers-for-people.ts';
import type { Parts } from './parts.ts';
import { readOptions } from './read-options.ts';
import { runEngineTask } from './run-engine-task.ts';
import { printResult, say, type Terminal } from './terminal.ts';
import { textTable } from './text-table.ts';
import { inWorkFolder } from './work-folder.ts';

/** What `pareto` weighs, said beside it. */
function paretoOf(variants: readonly ComparisonRow[]): { score: string; cost: string } {
  return { score: answerNumbers(variants) ? 'evaluation.regression.test.r2' : 'evaluation.accuracy', cost: 'summary.bytes.sparse' };
}

/** Whether all that were evaluated answer with numbers, and so have errors and no accuracy. */
function answerNumbers(variants: readonly ComparisonRow[]): boolean {
  const evaluated = variants.flatMap(({ evaluation }) => evaluation ?? []);
  return evaluated.length > 0 && evaluated.every(({ regression }) => regression !== undefined);
}

export const compare: Command = async ({ invocation, parts, terminal }) => {
  const { data, html } = readOptions(commands.compare.options, invocation);
  const page = html === undefined ? undefined : outputPath(html, terminal.folder);
  for (const word of invocation.positionals) modelSource(word, terminal.folder); // a missing one is told before the others are measured
  const variants = await inWorkFolder(async (folder) => {
    const datasets: LoadedDataset[] = [];
    /** Read once for all models that want the data alike. */
    const dataFor = async (word: string, network: NetworkSummary): Promise<LoadedDataset> => {
      const options = readingFor(invocation, network);
      const known = datasets.find(({ summary: { report } }) => report !== undefined && sameReading(report, options));
      if (known !== undefined) return known;
      const loaded = await loadDataset(parts, terminal, word, options, folder);
      datasets.push(loaded);
      return loaded;
    };
    const rows: ComparisonRow[] = [];
    const rights: (string | undefined)[] = [];
    for (const word of invocation.positionals) {
      const { source, artifact, summary } = await loadModel(parts, terminal, word, folder);
      const dataset = data === undefined ? undefined : await dataFor(data, summary);
      const evaluated =
        dataset === undefined
          ? null
          : await runEngineTask(parts, terminal, source.name, { kind: 'evaluate', model: artifact, data: dataset.artifact }, folder);
      const { kind: _, environment: __, right, ...evaluation } = evaluated ?? { kind: null, environment: null, right: undefined };
      rights.push(right);
      const latency = await runEngineTask(
        parts,
        terminal,
        source.name,
        { kind: 'measure', model: artifact, settings: MeasureSettings.parse({}) },
        folder,
      );
      rows.push({
        name: source.name,
        path: source.kind === 'file' ? source.path : `starter:${source.starter}`,
        summary,
        evaluation: 'loss' in evaluation ? evaluation : null,
        latency,
        paired:
          rows.length === 0 || right === undefined || rights[0] === undefined || !('loss' in evaluation)
            ? null
            : mcnemar(rights[0], right, evaluation.samples),
      });
    }
    return rows;
  });
  const comparison = comparisonOf(variants);
  if (page !== undefined) await writeReport(parts, terminal, 'Comparison', comparison, page);
  await printComparison(terminal, comparison, page);
};

export function comparisonOf(variants: ComparisonRow[]): Comparison {
  const scoreOf = (evaluation: ComparisonRow['evaluation']): number | null =>
    (answerNumbers(variants) ? evaluation?.regression?.test.r2 : evaluation?.accuracy) ?? null;
  return {
    variants,
    pareto: paretoFront(variants.map(({ summary, evaluation }) => ({ cost: summary.bytes.sparse, score: scoreOf(evaluation) }))),
  };
}

/** @throws StudioError `disk-error` */
export async function writeReport(parts: Parts, terminal: Terminal, title: string, { variants }: Comparison, path: string): Promise<void> {
  await parts.ensurePage((line) => say(terminal, line));
  const page = await parts.renderReport({ title, variants, baselineIndex: 0 });
  try {
    writeFileSync(path, page);
  } catch (cause) {
    throw new StudioError('disk-error', "The report can't be written.", {
      where: path,
      whatToDo: 'Choose a path that you may write.',
      cause,
    });
  }
}

export function printComparison(
  terminal: Terminal,
  comparison: Comparison,
  page: string | undefined,
  more: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const document = { ...comparison, paretoOf: paretoOf(comparison.variants), ...(page === undefined ? {} : { html: page }), ...more };
  return printResult(terminal, document, () =>
    [describeComparison(comparison), ...(page === undefined ? [] : ['', `Report: ${page}`])].join('\n'),
  );
}

/** Changes are against the first row. */
export function describeComparison({ variants, pareto }: Comparison): string {
  const [first] = variants;
  const accuracy = ({ evaluation, paired }: ComparisonRow) => {
    if (evaluation === null) return '—';
    const { regression } = evaluation;
    if (regression !== undefined) return `${regression.test.r2?.toFixed(4) ?? '—'} (RMSE ${Number(regression.test.rmse.toPrecision(4))})`;
    const base = first?.evaluation;
    if (evaluation.accuracy === null) return '—';
    return base == null || base === evaluation || base.accuracy === null
      ? percent(evaluation.accuracy)
      : `${percent(evaluation.accuracy)} (${points(evaluation.accuracy - base.accuracy)}${paired?.distinguishable === false ? ' ≈' : ''})`;
  };
  const numbers = answerNumbers(variants);
  const rows = variants.map((row, index) => [
    pareto.includes(index) ? '●' : '',
    row.name,
    accuracy(row),
    count(row.summary.parameters),
    count(row.summary.nonzero),
    short(row.summary.macs),
    bytes(row.summary.bytes.raw),
    bytes(row.summary.bytes.gzip),
    bytes(row.summary.bytes.sparse),
    first === undefined ? '' : times(first.summary.bytes.raw, row.summary.bytes.sparse),
    row.latency === null ? '—' : milliseconds(row.latency.p50),
  ]);
  const latency = variants.find((row) => row.latency !== null)?.latency;
  return [
    textTable(
      [
        '',
        'model',
        numbers ? '>R²' : '>accuracy',
        '>parameters',
        '>non-zero',
        '>MACs',
        '>raw',
        '>gzipped',
        '>sparse',
        '>smaller',
        '>latency',
      ],
      rows,
    ),
    '',
    ...(pareto.length === 0 ? [] : [`● no other model is both ${numbers ? 'closer by R²' : 'more accurate'} and smaller (sparse bytes)`]),
    ...(variants.some(({ paired }) => paired?.distinguishable === false)
      ? [`≈ not distinguishable from ${first?.name ?? 'the first'} (McNemar, level ${LEVEL})`]
      : []),
    ...(latency == null
      ? []
      : [
          `Latency: median, batch ${latency.batch}, ${latency.threads} threads, ${latency.runtime} ${latency.runtimeVersion}, ${latency.host}`,
        ]),
  ].join('\n');
}
