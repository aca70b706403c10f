// Contenders take turns, round after round, so that whatever else the machine does hits all of them alike; the best round counts.
import type { Contender, Words } from './contender.ts';

export interface Standing {
  readonly name: string;
  readonly about: Words;
  /** Every single round, in order. */
  readonly rounds: readonly (Words & { readonly seconds: number })[];
  /** Seconds of the best one. */
  readonly best: number;
}

/** At least three rounds: one may be spoilt on either side. */
export const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);

export async function race(contenders: readonly Contender[], rounds = ROUNDS): Promise<readonly Standing[]> {
  const run = contenders.map((contender) => ({ contender, rounds: [] as (Words & { readonly seconds: number })[] }));
  try {
    for (let round = 0; round < rounds; round++) {
      for (const { contender, rounds } of run) rounds.push(await contender.round());
    }
  } finally {
    for (const { leave } of contenders) await leave();
  }
  return run.map(({ contender: { name, about }, rounds }) => ({
    name,
    about,
    rounds,
    best: Math.min(...rounds.map(({ seconds }) => seconds)),
  }));
}

/** Seconds of the peer over seconds of Espalier: above 1, Espalier is faster. */
export function timesFaster(standings: readonly Standing[], peer: string, own = 'espalier'): number | undefined {
  const [theirs, ours] = [peer, own].map((wanted) => standings.find(({ name }) => name === wanted)?.best);
  return theirs === undefined || ours === undefined ? undefined : theirs / ours;
}

export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
