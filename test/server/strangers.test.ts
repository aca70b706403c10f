// What other sites and other local servers can do to the studio: nothing.
import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { connect } from 'node:net';
import { test } from 'node:test';
import { raw, requestText, serveTiny, signedIn, type RawRequest } from './served-studio.ts';

test('a rebound name is refused even with a matching Origin and a valid session, on every route', async (t) => {
  const served = await serveTiny(t);
  const { cookie, key } = await signedIn(served);
  const host = `evil.example:${served.port}`;
  for (const { method, path } of served.routes) {
    const target = path.replace(':id', 'a').replace(':number', '0');
    const answer = await raw(
      served.port,
      requestText({
        method,
        target,
        headers: [
          ['Host', host],
          ['Origin', `http://${host}`],
          ['Cookie', cookie],
          ['X-Espalier-Key', key],
        ],
      }),
    );
    assert.equal(answer.status, 403, `${method} ${path}`);
  }
  const doubled = await raw(
    served.port,
    requestText({
      headers: [
        ['Host', `127.0.0.1:${served.port}`],
        ['Host', host],
      ],
    }),
  );
  assert.ok([400, 403].includes(doubled.status), 'two Hosts are no Host');
});

test('eight ways in which a page of another local port could reach in change nothing and read nothing', async (t) => {
  const served = await serveTiny(t);
  // The browser sends our cookie along: cookies ignore ports, and another port is the same site.
  const { cookie } = await signedIn(served);
  const other = `http://127.0.0.1:${served.port + 1}`;
  const common = [
    ['Host', `127.0.0.1:${served.port}`],
    ['Cookie', cookie],
    ['Sec-Fetch-Site', 'same-site'],
  ] as const;
  const ways: Record<string, RawRequest> = {
    fetch: { target: '/session', headers: [...common, ['Origin', other], ['Sec-Fetch-Mode', 'cors'], ['Sec-Fetch-Dest', 'empty']] },
    'form post': {
      method: 'POST',
      target: '/uploads',
      headers: [
        ...common,
        ['Origin', other],
        ['Sec-Fetch-Mode', 'navigate'],
        ['Sec-Fetch-Dest', 'document'],
        ['Content-Type', 'application/x-www-form-urlencoded'],
      ],
      body: 'a=1',
    },
    img: { target: '/exports/job/0', headers: [...common, ['Sec-Fetch-Mode', 'no-cors'], ['Sec-Fetch-Dest', 'image']] },
    script: { target: '/assets/page-1a2b.js', headers: [...common, ['Sec-Fetch-Mode', 'no-cors'], ['Sec-Fetch-Dest', 'script']] },
    websocket: {
      target: '/studio',
      headers: [
        ...common,
        ['Origin', other],
        ['Connection', 'Upgrade'],
        ['Upgrade', 'websocket'],
        ['Sec-WebSocket-Version', '13'],
        ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
        ['Sec-WebSocket-Protocol', 'espalier'],
      ],
    },
    'event source': { target: '/session', headers: [...common, ['Origin', other], ['Accept', 'text/event-stream']] },
    beacon: { method: 'POST', target: '/session', headers: [...common, ['Origin', other], ['Content-Type', 'text/plain']], body: '{}' },
    iframe: { target: '/', headers: [...common, ['Sec-Fetch-Mode', 'navigate'], ['Sec-Fetch-Dest', 'iframe']] },
  };
  for (const [way, request] of Object.entries(ways)) {
    const answer = await raw(served.port, requestText(request));
    assert.equal(answer.status, 403, way);
    assert.equal(answer.header('access-control-allow-origin'), undefined, way);
  }
  assert.equal(Object.keys(ways).length, 8);
  assert.equal(served.entered(), 0);
});

test('a link from elsewhere may open the page itself, which holds no data, but nothing else', async (t) => {
  const { port } = await serveTiny(t);
  const clicked = [
    ['Host', `127.0.0.1:${port}`],
    ['Sec-Fetch-Site', 'cross-site'],
    ['Sec-Fetch-Mode', 'navigate'],
    ['Sec-Fetch-Dest', 'document'],
  ] as const;
  assert.equal((await raw(port, requestText({ headers: clicked }))).status, 200);
  assert.equal((await raw(port, requestText({ target: '/assets/page-1a2b.js', headers: clicked }))).status, 403);
  assert.equal((await raw(port, requestText({ target: '/health', headers: clicked }))).status, 403);
});

test('it listens on 127.0.0.1 only: no other address of this machine answers', async (t) => {
  const { port } = await serveTiny(t);
  const addresses = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .map(({ address, scopeid }) => (scopeid ? undefined : address))
    .filter((address) => address !== undefined && address !== '127.0.0.1');
  for (const address of [...addresses, '::1', '127.0.0.2']) {
    const reached = await new Promise<boolean>((resolve) => {
      const socket = connect(port, address, () => {
        socket.destroy();
        resolve(true);
      });
      socket.on('error', () => resolve(false));
    });
    assert.equal(reached, false, address);
  }
  assert.equal((await raw(port, requestText({ headers: [['Host', `127.0.0.1:${port}`]] }))).status, 200);
});
