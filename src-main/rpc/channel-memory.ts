// Two joined channels inside one process. Messages are copied, as a real process border would.
import type { Channel } from './channel.ts';

export function memoryPair(): [Channel, Channel] {
  const ends = [0, 1].map(() => ({ hears: [] as ((message: unknown) => void)[], closes: [] as (() => void)[] }));
  let open = true;

  const end = (mine: number): Channel => ({
    send(message) {
      const copy: unknown = structuredClone(message);
      queueMicrotask(() => {
        if (open) for (const hear of ends[1 - mine]!.hears) hear(copy);
      });
    },
    onMessage: (listener) => void ends[mine]!.hears.push(listener),
    onClose: (listener) => void ends[mine]!.closes.push(listener),
    close() {
      if (!open) return;
      open = false;
      for (const { closes } of ends) for (const tell of closes) tell();
    },
  });
  return [end(0), end(1)];
}
