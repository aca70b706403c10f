// Decides whether a request comes from the studio's own page, before anything else looks at it.
import type { IncomingMessage } from 'node:http';

/**
 * What a route asks of a request, beyond the right Host:
 *  - `entrance`: the page itself. It holds no data, so it needs no session (a reload must work before any script has run), and a
 *    link from elsewhere may lead to it, as the start page that opens the browser does.
 *  - `page`: scripts, styles and pictures of the page, the same for everyone; no session, but no other site may load them.
 *  - `token`: swaps the token for a session; must come from our own page.
 *  - `session`: everything that reads or changes the user's work: cookie and key.
 */
export type AuthRule = 'entrance' | 'page' | 'token' | 'session';

export interface Refusal {
  readonly status: 401 | 403;
  readonly message: string;
}

/** The names under which a browser on this machine reaches the server; nothing else, so a rebound DNS name is refused. */
export function ownHosts(port: number): readonly string[] {
  return [`127.0.0.1:${port}`, `localhost:${port}`];
}

/** Checks that hold for every request, known route or not. */
export function judgeSender(request: IncomingMessage, port: number): Refusal | undefined {
  const hosts = valuesOf(request, 'host');
  const host = hosts.length === 1 ? hosts[0]! : '';
  if (!ownHosts(port).includes(host)) return { status: 403, message: 'This address is not served here.' };
  const origins = valuesOf(request, 'origin');
  if (origins.length > 1 || (origins.length === 1 && origins[0] !== `http://${host}`))
    return { status: 403, message: 'Another site may not ask this.' };
  return undefined;
}

/** Checks that depend on the route. `admitted` says whether cookie and key fit. */
export function judgeForRoute(request: IncomingMessage, rule: AuthRule, admitted: () => boolean): Refusal | undefined {
  const site = request.headers['sec-fetch-site'];
  const opensPage =
    rule === 'entrance' && request.headers['sec-fetch-mode'] === 'navigate' && request.headers['sec-fetch-dest'] === 'document';
  if (site !== undefined && site !== 'same-origin' && site !== 'none' && !opensPage)
    return { status: 403, message: 'Another site may not ask this.' };
  const changes = request.method !== 'GET' || request.headers.upgrade !== undefined;
  if (changes && request.headers.origin === undefined) return { status: 403, message: 'Only the studio’s own page may ask this.' };
  if (rule === 'session' && !admitted())
    return { status: 401, message: 'This page is not signed in. Open the address that the studio printed when it started.' };
  return undefined;
}

/** All values of a header as they were sent: Node keeps only the first of a doubled Host. */
function valuesOf(request: IncomingMessage, name: string): string[] {
  const values: string[] = [];
  for (let at = 0; at < request.rawHeaders.length; at += 2)
    if (request.rawHeaders[at]!.toLowerCase() === name) values.push(request.rawHeaders[at + 1]!);
  return values;
}
