// Numbers the events of a session, one after the other, and passes them to whoever is attached.
import type { z } from 'zod';
import type { StudioEvents } from '#contract/events.ts';
import type { Announce } from '#rpc/contract-types.ts';

/** An event without its number. */
export type Told<N extends keyof StudioEvents> = Omit<z.input<StudioEvents[N]>, 'seq'>;

export interface EventFeed {
  /** The number of the last event told. */
  readonly seq: number;
  /** Called after the commit that it tells of, in the same turn, so that a snapshot is never between the two. */
  tell<N extends keyof StudioEvents>(name: N, data: Told<N>): void;
  attach(announce: Announce<StudioEvents>): void;
}

export function createEventFeed(): EventFeed {
  let seq = 0;
  const announcers: Announce<StudioEvents>[] = [];
  return {
    get seq() {
      return seq;
    },
    tell(name, data) {
      seq += 1;
      for (const announce of announcers) announce(name, { ...data, seq } as never);
    },
    attach: (announce) => void announcers.push(announce),
  };
}
