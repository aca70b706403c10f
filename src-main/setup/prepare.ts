// Makes what a command needs and `npm ci` doesn't bring: native TensorFlow, the built page, the browser of the tests.
import { describeProblem, StudioError } from '#contract/errors.ts';
import { buildDesktop, buildPage, desktopIsBuilt, pageIsBuilt } from './build-with-vite.ts';
import { ensureChromium, findChromium } from './chromium.ts';
import { ensureNativeTensorflow, nativeTensorflowIsReady } from './native-tensorflow.ts';
import { inProject } from './project-root.ts';
import { whileLocked } from './set-up-lock.ts';

type Report = (line: string) => void;

function tellOnStandardError(line: string): void {
  process.stderr.write(`${line}\n`);
}

interface Step {
  readonly title: string;
  readonly isDone: () => boolean;
  readonly make: (report: Report) => Promise<void>;
  /** Without it there is nothing to start; the others are reported, and what needs them says so itself. */
  readonly essential: boolean;
}

const steps = {
  tensorflow: {
    title: 'Native TensorFlow',
    isDone: nativeTensorflowIsReady,
    make: ensureNativeTensorflow,
    essential: false,
  },
  page: { title: 'The page', isDone: pageIsBuilt, make: buildPage, essential: true },
  window: { title: 'The window', isDone: desktopIsBuilt, make: buildDesktop, essential: true },
  chromium: { title: 'Chromium', isDone: () => findChromium() !== undefined, make: ensureChromium, essential: false },
} as const satisfies Record<string, Step>;
export type StepName = keyof typeof steps;

/** Says nothing when all is there, else a line a step with its seconds. @throws StudioError where an essential step fails */
export async function prepare(wanted: readonly StepName[], report: Report = tellOnStandardError): Promise<void> {
  const open = (): Step[] => wanted.map((name) => steps[name]).filter((step) => !step.isDone());
  if (open().length === 0) return;
  await whileLocked(
    inProject('.cache/set-up.lock'),
    () => report('Waiting for another set-up of this folder to finish…'),
    async () => {
      for (const step of open()) {
        const began = performance.now();
        report(`${step.title}: setting up…`);
        try {
          await step.make(report);
          report(`${step.title}: ready after ${((performance.now() - began) / 1000).toFixed(1)} s`);
        } catch (thrown) {
          if (step.essential) throw thrown;
          report(`${step.title}: ${describeProblem(StudioError.from(thrown).toProblem())}`);
        }
      }
    },
  );
}
