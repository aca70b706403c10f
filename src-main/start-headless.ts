// The studio for a browser, as a process: prints its address, opens the browser, and ends cleanly when asked to.
import { parseArgs } from 'node:util';
import { describeProblem, StudioError } from '#contract/errors.ts';
import { openBrowser, type OpenedBrowser } from '#main/server/open-browser.ts';
import { serveHeadless } from './serve-headless.ts';

try {
  await start();
} catch (thrown) {
  process.stderr.write(`${describeProblem(StudioError.from(thrown).toProblem())}\n`);
  process.exit(1);
}

async function start(): Promise<void> {
  const { home, port, open } = readFlags();
  let browser: OpenedBrowser | undefined;
  const studio = await serveHeadless({ home, port, onSignedIn: () => browser?.forget() });
  process.stdout.write(`${studio.url}\n`);
  if (open) browser = openBrowser(studio.url, studio.home);

  let ending = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // Asked twice: end at once. What is on disk is complete at any moment, and stopped jobs can be resumed.
      if (ending) process.exit(130);
      ending = true;
      browser?.forget();
      void studio.close().then(
        () => process.exit(0),
        (thrown: unknown) => {
          process.stderr.write(`${describeProblem(StudioError.from(thrown).toProblem())}\n`);
          process.exit(1);
        },
      );
    });
  }
}

function readFlags(): { home: string | undefined; port: number | undefined; open: boolean } {
  try {
    const { values } = parseArgs({
      options: { home: { type: 'string' }, port: { type: 'string' }, browser: { type: 'boolean' }, 'no-open': { type: 'boolean' } },
    });
    return { home: values.home, port: values.port === undefined ? undefined : Number(values.port), open: values['no-open'] !== true };
  } catch (thrown) {
    throw new StudioError('bad-input', thrown instanceof Error ? thrown.message : String(thrown), {
      whatToDo: 'It takes --home DIR, --port N, --browser and --no-open.',
    });
  }
}
