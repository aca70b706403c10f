// Progress on standard error: a bar with the time left on a screen, a line every few seconds otherwise.
import type { Progress } from '#contract/nouns.ts';
import { count, duration, percent } from './numbers-for-people.ts';
import { plain, type Terminal } from './terminal.ts';

/** Milliseconds between two lines where there is no screen; between two drawings of the bar where there is. */
const LINE_PAUSE = 3_000;
const BAR_PAUSE = 100;

export interface ProgressLine {
  show(progress: Progress): void;
  /** Takes the bar off the screen. */
  clear(): void;
}

export function progressLine(terminal: Terminal, label: string, now: () => number = () => performance.now()): ProgressLine {
  let last = -Infinity;
  let phase = '';
  return {
    show(progress) {
      const pause = terminal.screen === null ? LINE_PAUSE : BAR_PAUSE;
      const due = progress.phase !== phase || now() - last >= pause;
      if (!due) return;
      last = now();
      phase = progress.phase;
      if (terminal.screen === null) terminal.err.write(`${plain(describeProgress(label, progress))}\n`);
      else
        terminal.err.write(
          `\r\x1b[K${plain(fit(`${bar(shareDone(progress))} ${describeProgress(label, progress)}`, terminal.screen.columns))}`,
        );
    },
    clear: () => {
      if (terminal.screen !== null) terminal.err.write('\r\x1b[K');
    },
  };
}

/** The share of an import as progress, with the time left by the pace so far. */
export function showShare(line: ProgressLine, now: () => number = () => performance.now()): (share: number) => void {
  const begun = now();
  return (share) => {
    const seconds = (now() - begun) / 1000;
    line.show({
      phase: 'reading',
      step: Math.round(share * 1000),
      steps: 1000,
      epoch: 0,
      epochs: 0,
      secondsLeft: share < 0.02 || seconds < 2 ? null : (seconds * (1 - share)) / share,
      imagesPerSecond: null,
    });
  };
}

/** `lenet-5: training, epoch 3 of 8, 34 %, 0:21 left, 5,120 images/s` */
export function describeProgress(label: string, progress: Progress): string {
  const { phase, epoch, epochs, secondsLeft, imagesPerSecond } = progress;
  return [
    `${label}: ${phase}`,
    ...(epochs > 0 ? [`epoch ${Math.min(epochs, Math.max(1, epoch))} of ${epochs}`] : []),
    ...(progress.steps > 0 ? [percent(shareDone(progress), 0)] : []),
    ...(secondsLeft === null ? [] : [`${duration(secondsLeft)} left`]),
    ...(imagesPerSecond === null ? [] : [`${count(imagesPerSecond)} images/s`]),
  ].join(', ');
}

/** 0 to 1, by steps; 0 where the number of steps isn't known yet. */
export function shareDone({ step, steps }: Pick<Progress, 'step' | 'steps'>): number {
  return steps > 0 ? Math.min(1, Math.max(0, step / steps)) : 0;
}

function bar(share: number): string {
  const full = Math.round(share * 20);
  return `${'█'.repeat(full)}${'░'.repeat(20 - full)}`;
}

function fit(text: string, columns: number): string {
  return text.length < columns ? text : `${text.slice(0, Math.max(0, columns - 2))}…`;
}
