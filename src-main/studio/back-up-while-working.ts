// A verified copy of the database every ten minutes while jobs run, so that damage costs little.
import type { Store } from '#main/store/open-store.ts';

const everyMs = 600_000;

export function backUpWhileWorking(store: Store, log: (line: string) => void): { stop(): Promise<void> } {
  let copying: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    if (store.jobs.inStates(['running']).length === 0) return;
    copying = store.backUp().catch((error: unknown) => log(`backup: ${String(error)}`));
  }, everyMs);
  return {
    async stop() {
      clearInterval(timer);
      await copying;
    },
  };
}
