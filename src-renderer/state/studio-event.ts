// An event with its name, as one union; and what the page needs of its connection.
import type { z } from 'zod';
import { events, type StudioEvents } from '#contract/events.ts';
import type { StudioProcedures } from '#contract/procedures.ts';
import type { StudioConnection } from '../client/connect-to-studio.ts';

export type StudioEvent = { [N in keyof StudioEvents]: { readonly name: N; readonly data: z.output<StudioEvents[N]> } }[keyof StudioEvents];
export type Snapshot = z.output<StudioProcedures['studio']['snapshot']['output']>;
export type Sample = z.output<StudioProcedures['datasets']['samples']['output']>[number];

/** How the page gets its connection: the real one from client/, or one made in memory. */
export type Connect = () => Promise<Omit<StudioConnection, 'close'>>;

/** One listener for every event of the contract. */
export function hearAll({ on }: Pick<StudioConnection, 'on'>, hear: (event: StudioEvent) => void): void {
  for (const name of Object.keys(events) as (keyof StudioEvents)[]) on(name, (data) => hear({ name, data } as StudioEvent));
}
