// `inspect`, `evaluate`, `predict`, `measure`, `export`: questions that leave nothing behind but the file that was asked for.
import { resolve } from 'node:path';
import { existsSync } from 'node:fs';
import { commands } from '#contract/commands.ts';
import { StudioError } from '#contract/errors.ts';
import { fitOnAll, measuredFootprint } from '#contract/devices.ts';
import type { Command } from './command.ts';
import { describeErrors } from './describe-errors.ts';
import { describeFits, describeFormats, deviceOf, fitInFormats } from './describe-devices.ts';
import { describeCertificate, describeExportAccuracy, describeLatency } from './job-results.ts';
import { loadDataset, loadModel, readingFor } from './load-inputs.ts';
import { modelSource } from './name-inputs.ts';
import { exportTarget, exportWeights, outputPath } from './name-outputs.ts';
import { bytes, count, duration, percent, points } from './numbers-for-people.ts';
import { describeNetwork } from './print-network.ts';
import { readOptions } from './read-options.ts';
import { runEngineTask } from './run-engine-task.ts';
import { printResult } from './terminal.ts';
import { labelled, textTable } from './text-table.ts';
import { inWorkFolder } from './work-folder.ts';

export const inspect: Command = async ({ invocation, parts, terminal }) => {
  const options = readOptions(commands.inspect.options, invocation);
  const device = options.device === undefined ? undefined : deviceOf(options.device);
  const source = modelSource(invocation.positionals[0]!, terminal.folder);
  const path = source.kind === 'starter' ? source.starter : source.path;
  const { summary } = await parts.runImporter({
    kind: 'inspect',
    path,
    ...(source.weights === undefined ? {} : { weights: source.weights }),
  });
  if (device === undefined) return printResult(terminal, summary, () => describeNetwork(summary));
  const formats = fitInFormats(summary, device);
  await printResult(terminal, { ...summary, device: { ...device, formats } }, () =>
    [
      describeNetwork(summary),
      '',
      `On the ${device.name} (${device.chip}), estimated; code and the interpreter's own memory are counted:`,
      describeFormats(formats),
    ].join('\n'),
  );
};

export const evaluate: Command = async ({ invocation, parts, terminal }) => {
  const { data } = readOptions(commands.evaluate.options, invocation);
  const word = invocation.positionals[0]!;
  const {
    kind: _,
    right: __,
    ...result
  } = await inWorkFolder(async (folder) => {
    const model = await loadModel(parts, terminal, word, folder);
    const dataset = await loadDataset(parts, terminal, data, readingFor(invocation, model.summary), folder);
    return runEngineTask(parts, terminal, model.source.name, { kind: 'evaluate', model: model.artifact, data: dataset.artifact }, folder);
  });
  await printResult(terminal, result, () =>
    [
      labelled([
        ...(result.accuracy === null
          ? []
          : [['test accuracy', `${percent(result.accuracy)} of ${count(result.samples)} samples`] as const]),
        ...(result.regression === undefined
          ? []
          : [
              ['test errors', `${describeErrors(result.regression.test)} over ${count(result.samples)} samples`] as const,
              ['train errors', describeErrors(result.regression.train)] as const,
            ]),
        ['loss', result.loss.toFixed(4)],
        ...Object.entries(result.topK).map(([k, share]) => [`top ${k}`, percent(share)] as const),
        ...(result.trainAccuracy === null || result.gap === null
          ? []
          : [['train accuracy', `${percent(result.trainAccuracy)} (train − test ${points(result.gap)} points)`] as const]),
      ]),
      ...(result.perClass.length === 0
        ? []
        : [
            '',
            textTable(
              ['class', '>accuracy', '>samples'],
              result.perClass.map(({ label, accuracy, samples }) => [label, accuracy === null ? '—' : percent(accuracy), count(samples)]),
            ),
          ]),
    ].join('\n'),
  );
};

export const predict: Command = async ({ invocation, parts, terminal }) => {
  const options = readOptions(commands.predict.options, invocation);
  const input = resolve(terminal.folder, options.input);
  if (!existsSync(input))
    throw new StudioError('not-found', `There is no file ${options.input}.`, { whatToDo: 'Give a .npy file of inputs, shape (N, …).' });
  const output = outputPath(options.out, terminal.folder);
  const { kind: _, ...result } = await inWorkFolder(async (folder) => {
    const model = await loadModel(parts, terminal, invocation.positionals[0]!, folder);
    return runEngineTask(parts, terminal, model.source.name, { kind: 'predict', model: model.artifact, input, output }, folder);
  });
  await printResult(terminal, { ...result, path: output }, () => `${output}: ${result.shape.join('×')} in ${result.seconds.toFixed(2)} s`);
};

export const measure: Command = async ({ invocation, parts, terminal }) => {
  const settings = readOptions(commands.measure.settings, invocation);
  const { kind: _, ...result } = await inWorkFolder(async (folder) => {
    const model = await loadModel(parts, terminal, invocation.positionals[0]!, folder);
    return runEngineTask(parts, terminal, model.source.name, { kind: 'measure', model: model.artifact, settings }, folder);
  });
  await printResult(terminal, result, () =>
    labelled([
      ['latency', describeLatency(result)],
      ['mean', `${result.mean.toFixed(3)} ms over ${count(result.runs)} runs`],
      ['host', result.host],
    ]),
  );
};

export const exportModel: Command = async ({ invocation, parts, terminal }) => {
  const options = readOptions(commands.export.options, invocation);
  const weights = exportWeights(options);
  const exportTo = {
    ...exportTarget(options.format, options.out, terminal.folder),
    weights,
    acceptDifference: options.acceptDifference ?? null,
    optimizer: options.optimizer,
  };
  const begun = performance.now();
  const {
    kind: _,
    layers,
    ...result
  } = await inWorkFolder(async (folder) => {
    const model = await loadModel(parts, terminal, invocation.positionals[0]!, folder);
    const data =
      options.data === undefined
        ? null
        : (await loadDataset(parts, terminal, options.data, readingFor(invocation, model.summary), folder)).artifact;
    const task = { kind: 'export', model: model.artifact, data, exportTo } as const;
    return { ...(await runEngineTask(parts, terminal, model.source.name, task, folder)), layers: model.summary.layers.length };
  });
  const { flashBytes, arenaBytes } = result;
  const fits =
    flashBytes === null || arenaBytes === null
      ? []
      : fitOnAll(options.format, measuredFootprint(options.format, flashBytes, arenaBytes, layers));
  await printResult(terminal, { ...result, devices: fits }, () =>
    labelled([
      ...result.files.map((file) => ['written', `${file.path} (${bytes(file.bytes)})`] as const),
      ['certificate', describeCertificate(result.certificate)],
      ...(result.accuracy === null ? [] : [['accuracy', describeExportAccuracy(result.accuracy)] as const]),
      ...(arenaBytes === null ? [] : [['memory', `${bytes(arenaBytes)} between the layers`] as const]),
      ...(fits.length === 0 ? [] : [['fits on', describeFits(fits)] as const]),
      ['time', duration((performance.now() - begun) / 1000)],
    ]),
  );
};
