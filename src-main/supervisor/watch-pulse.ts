// Tells when a process has been silent for too long. Counted in ticks of this process, so that a sleeping laptop is not a silent engine.

export interface Pulse {
  beat(): void;
  stop(): void;
}

/** `onSilence` is called once, after so many ticks of one second without a beat. */
export function watchPulse(
  limits: { readonly silentSeconds: number; readonly silentSecondsAtStart: number },
  onSilence: () => void,
): Pulse {
  let silent = 0;
  let allowed = limits.silentSecondsAtStart;
  const timer = setInterval(() => {
    silent += 1;
    if (silent < allowed) return;
    clearInterval(timer);
    onSilence();
  }, 1000);
  return {
    beat() {
      silent = 0;
      allowed = limits.silentSeconds;
    },
    stop: () => clearInterval(timer),
  };
}
