// Tells when a process has been silent for too long. Counted in ticks of this process, so that a sleeping laptop is not a silent engine.

export interface Pulse {
  beat(): void;
  stop(): void;
}

export interface PulseLimits {
  /** Seconds without a beat in which the process did nothing either. */
  readonly silentSeconds: number;
  /** The same before its first word: loading TensorFlow from a cold disk is one long silence. */
  readonly silentSecondsAtStart: number;
  /** Seconds without a beat, although it works: one step of a large network on a slow or busy machine. */
  readonly busySeconds: number;
}

/** `onSilence` is called once. `work`: how much the process has done so far, in any unit; null where nobody knows, and then silence is idleness. */
export function watchPulse(limits: PulseLimits, work: () => number | null, onSilence: () => void): Pulse {
  let silent = 0;
  let idle = 0;
  let allowed = limits.silentSecondsAtStart;
  let done = work();
  const timer = setInterval(() => {
    const now = work();
    silent += 1;
    idle = now !== null && done !== null && now > done ? 0 : idle + 1;
    done = now;
    if (idle < allowed && silent < Math.max(allowed, limits.busySeconds)) return;
    clearInterval(timer);
    onSilence();
  }, 1000);
  return {
    beat() {
      silent = 0;
      idle = 0;
      allowed = limits.silentSeconds;
    },
    stop: () => clearInterval(timer),
  };
}
