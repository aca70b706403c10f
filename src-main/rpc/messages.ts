// The three kinds of words on the wire: a call, its answer, an event.
import { z } from 'zod';
import { Problem } from '#contract/errors.ts';

export const Call = z.object({ kind: z.literal('call'), id: z.int(), group: z.string(), name: z.string(), input: z.unknown() });
export type Call = z.infer<typeof Call>;

export const Answer = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('reply'), id: z.int(), value: z.unknown() }),
  z.object({ kind: z.literal('failure'), id: z.int(), problem: Problem }),
  z.object({ kind: z.literal('event'), name: z.string(), data: z.unknown() }),
]);
export type Answer = z.infer<typeof Answer>;
