// The shapes that a contract gives to the two ends of the wire.
import type { z } from 'zod';

export type Procedure = { readonly input: z.ZodType; readonly output: z.ZodType };
export type Procedures = { readonly [group: string]: { readonly [name: string]: Procedure } };
export type Events = { readonly [name: string]: z.ZodType };

/** What the serving side implements: one function a procedure, none missing. */
export type Handlers<P extends Procedures> = {
  [G in keyof P]: {
    [N in keyof P[G]]: (input: z.output<P[G][N]['input']>) => z.input<P[G][N]['output']> | Promise<z.input<P[G][N]['output']>>;
  };
};

/** What the calling side sees: the same shape, always asynchronous. */
export type Client<P extends Procedures> = {
  [G in keyof P]: {
    [N in keyof P[G]]: (input: z.input<P[G][N]['input']>) => Promise<z.output<P[G][N]['output']>>;
  };
};

/** Events as they are announced, one method's worth of type safety for each name. */
export type Announce<E extends Events> = <N extends keyof E & string>(name: N, data: z.input<E[N]>) => void;
export type Listen<E extends Events> = <N extends keyof E & string>(name: N, listener: (data: z.output<E[N]>) => void) => () => void;
