// The shape of a route and how a path finds it: whole segments, never decoded, so no path can climb out of anything.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AuthRule } from './judge-request.ts';

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The values of the pattern's `:id` and `:number` segments, in order. */
  readonly captured: readonly string[];
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** `/exports/:id/:number`: `:id` is [a-z0-9-]{1,64}, `:number` up to five digits; every other segment is literal. */
  readonly path: string;
  readonly auth: AuthRule;
  readonly answer: (exchange: Exchange) => void | Promise<void>;
}

export type Found =
  | { readonly kind: 'route'; readonly route: Route; readonly captured: readonly string[] }
  | { readonly kind: 'wrong-method'; readonly allowed: readonly string[] }
  | { readonly kind: 'none' };

const segments: Readonly<Record<string, RegExp>> = { ':id': /^[a-z0-9-]{1,64}$/, ':number': /^(0|[1-9][0-9]{0,4})$/ };

/** `target` is the request line's, as sent. A query, a percent sign or an absolute address matches nothing. */
export function findRoute(table: readonly Route[], method: string | undefined, target: string | undefined): Found {
  const fitting = table.flatMap((route) => {
    const captured = capture(route.path, target ?? '');
    return captured === undefined ? [] : [{ route, captured }];
  });
  const [first] = fitting.filter(({ route }) => route.method === method);
  if (first !== undefined) return { kind: 'route', ...first };
  return fitting.length === 0 ? { kind: 'none' } : { kind: 'wrong-method', allowed: fitting.map(({ route }) => route.method) };
}

function capture(pattern: string, path: string): string[] | undefined {
  if (pattern === path) return [];
  if (!pattern.includes('/:')) return undefined;
  const [expected, given] = [pattern.split('/'), path.split('/')];
  if (expected.length !== given.length) return undefined;
  const fits = expected.every((part, at) => segments[part]?.test(given[at]!) ?? part === given[at]);
  return fits ? given.filter((_, at) => expected[at]! in segments) : undefined;
}
