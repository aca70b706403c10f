// Every combination of Host, Origin, credentials, method and path, over raw sockets, against an oracle of ten lines.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { raw, requestText, serveTiny, signedIn } from './served-studio.ts';

test('3,600 combinations of headers over HTTP and the WebSocket get exactly the verdict of the oracle', { timeout: 120_000 }, async (t) => {
  const served = await serveTiny(t);
  const { port } = served;
  const { cookie, key } = await signedIn(served);
  const own = `127.0.0.1:${port}`;
  const hosts = {
    own,
    localhost: `localhost:${port}`,
    rebound: `evil.example:${port}`,
    bare: '127.0.0.1',
    otherPort: `127.0.0.1:${port + 1}`,
    lookalike: `${own}.evil.example`,
    six: `[::1]:${port}`,
    zero: `0.0.0.0:${port}`,
    none: undefined,
  };
  const origins = {
    none: undefined,
    own: `http://${own}`,
    localhost: `http://localhost:${port}`,
    nulled: 'null',
    evil: 'http://evil.example',
    otherPort: `http://127.0.0.1:${port + 1}`,
    secure: `https://${own}`,
    bare: 'http://127.0.0.1',
    suffix: `http://${own}.evil.example`,
    upper: `HTTP://${own}`,
  };
  const near = key.slice(0, -1) + (key.endsWith('0') ? '1' : '0');
  const credentials = { none: {}, both: { cookie, key }, onlyCookie: { cookie }, onlyKey: { key }, nearMiss: { cookie, key: near } };
  const targets = [
    ['GET', '/', 'page'],
    ['GET', '/session', 'session'],
    ['GET', '/health', 'page'],
    ['POST', '/uploads', 'session'],
    ['GET', '/studio', 'socket'],
    ['GET', '/nowhere', 'none'],
    ['OPTIONS', '/uploads', 'wrong'],
    ['DELETE', '/session', 'wrong'],
  ] as const;

  function oracle(host: string | undefined, origin: string | undefined, allIn: boolean, rule: string, method: string): number {
    if (host !== own && host !== `localhost:${port}`) return 403;
    if (origin !== undefined && origin !== `http://${host}`) return 403;
    if (rule === 'none') return 404;
    if (rule === 'wrong') return 405;
    if (rule === 'page') return 200;
    if ((rule === 'socket' || method === 'POST') && origin === undefined) return 403;
    if (!allIn) return 401;
    return rule === 'socket' ? 101 : method === 'POST' ? 201 : 200;
  }

  let asked = 0;
  const verdicts = new Map<number, number>();
  for (const [hostName, host] of Object.entries(hosts))
    for (const [originName, origin] of Object.entries(origins)) {
      const wrong = await Promise.all(
        Object.entries(credentials).flatMap(([credentialName, credential]) =>
          targets.map(async ([method, target, rule]) => {
            const given: { cookie?: string; key?: string } = credential;
            const protocols = given.key === undefined ? 'espalier' : `espalier, key.${given.key}`;
            const { status } = await raw(
              port,
              requestText({
                method,
                target,
                headers: [
                  ...(host === undefined ? [] : [['Host', host] as const]),
                  ...(origin === undefined ? [] : [['Origin', origin] as const]),
                  ...(given.cookie === undefined ? [] : [['Cookie', given.cookie] as const]),
                  ...(given.key === undefined ? [] : [['X-Espalier-Key', given.key] as const]),
                  ...(rule === 'socket'
                    ? ([
                        ['Connection', 'Upgrade'],
                        ['Upgrade', 'websocket'],
                        ['Sec-WebSocket-Version', '13'],
                        ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
                        ['Sec-WebSocket-Protocol', protocols],
                      ] as const)
                    : ([['Connection', 'close']] as const)),
                ],
              }),
            );
            asked += 1;
            verdicts.set(status, (verdicts.get(status) ?? 0) + 1);
            const expected = oracle(host, origin, credentialName === 'both', rule, method);
            return status === expected
              ? []
              : [`${method} ${target} host=${hostName} origin=${originName} credentials=${credentialName}: ${status}, not ${expected}`];
          }),
        ),
      );
      assert.deepEqual(wrong.flat(), []);
    }
  assert.equal(asked, 9 * 10 * 5 * 8);
  // A planted fault must show: had the server let all in, or nobody, these would not all be there.
  assert.deepEqual([...verdicts.keys()].sort(), [101, 200, 201, 401, 403, 404, 405]);
  assert.equal(verdicts.get(101), 2, 'a socket opens for the two own addresses with their own origin and both halves of the session');
});
