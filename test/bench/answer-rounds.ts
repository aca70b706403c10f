// The other end of a contender's lines, for those that run under Node: says it is warm, then times a round for each line heard.
import { createInterface } from 'node:readline';

/** `round` does the work that is timed, and may answer with further figures. `peakBytes`: the most that the process has held resident so far. */
export async function answerRounds(about: Record<string, unknown>, round: () => Promise<Record<string, unknown>>): Promise<void> {
  say(about);
  for await (const _ of createInterface({ input: process.stdin })) {
    const began = performance.now();
    const figures = await round();
    say({ seconds: (performance.now() - began) / 1000, peakBytes: process.resourceUsage().maxRSS * 1024, ...figures });
  }
}

function say(words: Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify(words)}\n`);
}
