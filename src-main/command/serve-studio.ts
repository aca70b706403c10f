// `serve`: the studio in the browser, until Ctrl-C.
import { resolve } from 'node:path';
import { commands } from '#contract/commands.ts';
import { describeProblem, StudioError } from '#contract/errors.ts';
import type { Command } from './command.ts';
import { readOptions } from './read-options.ts';
import { printResult, say, whenInterrupted } from './terminal.ts';

export const serve: Command = async ({ invocation, parts, terminal }) => {
  const { port } = readOptions(commands.serve.options, invocation);
  const { home } = invocation.globals;
  // Without an engine the studio still opens and shows what is there; it says so, and so does its window.
  await parts
    .ensureEngine((line) => say(terminal, line))
    .catch((thrown: unknown) => say(terminal, describeProblem(StudioError.from(thrown).toProblem())));
  await parts.ensurePage((line) => say(terminal, line));
  const served = await parts.serve({ home: home === undefined ? undefined : resolve(terminal.folder, home), port });
  try {
    await printResult(terminal, { url: served.url }, () => served.url);
    if (!terminal.json) say(terminal, 'Open this address in a browser on this machine. Ctrl-C ends the studio.');
    await new Promise<void>((end) => whenInterrupted(terminal, end));
  } finally {
    await served.close();
  }
};
