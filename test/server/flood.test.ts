// Abuse: huge bodies and frames, thousands of connections, slow senders. The studio keeps answering, and names its limits.
import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { WebSocket } from 'ws';
import { connect as connectRpc } from '#rpc/connect.ts';
import { socketChannel } from '#rpc/channel-websocket.ts';
import { raw, requestText, serveTiny, signedIn, tinyEvents, tinyProcedures, type Served } from './served-studio.ts';

async function openSocket(served: Served): Promise<WebSocket> {
  const { cookie, key } = await signedIn(served);
  const socket = new WebSocket(`ws://127.0.0.1:${served.port}/studio`, ['espalier', `key.${key}`], {
    origin: `http://127.0.0.1:${served.port}`,
    headers: { cookie },
  });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return socket;
}
const line = (socket: WebSocket) => connectRpc(tinyProcedures, tinyEvents, socketChannel(socket));
const health = ({ port }: Served) => raw(port, requestText({ target: '/health', headers: [['Host', `127.0.0.1:${port}`]] }));

test('calls and events pass through the WebSocket, and what a page may not ask is refused before it is handled', async (t) => {
  const served = await serveTiny(t);
  const socket = await openSocket(served);
  assert.equal(socket.protocol, 'espalier');
  assert.equal(socket.extensions, '', 'no compression');
  const { client, on } = line(socket);
  assert.equal(await client.sums.add({ a: 2, b: 3 }), 5);
  const heard = new Promise((resolve) => on('ticked', resolve));
  served.rpc.announce('ticked', { count: 7 });
  assert.deepEqual(await heard, { count: 7 });
  await assert.rejects(client.sums.secret({}), { code: 'unauthorised' });
  assert.equal(served.entered(), 1);
});

test('5,000 calls at once are all answered, in order, though the socket is paused at 64 unanswered ones', async (t) => {
  const served = await serveTiny(t);
  const { client } = line(await openSocket(served));
  const sums = await Promise.all(Array.from({ length: 5000 }, (_, a) => client.sums.add({ a, b: 1 })));
  assert.deepEqual(
    sums,
    Array.from({ length: 5000 }, (_, a) => a + 1),
  );
  assert.equal((await health(served)).status, 200);
});

test('a frame of more than 4 MB, a binary frame and text that is no call each end that socket and no other', async (t) => {
  const served = await serveTiny(t);
  const bystander = line(await openSocket(served));
  for (const bad of ['x'.repeat(4 * 2 ** 20 + 1), Buffer.from([1, 2, 3]), '{"kind":"event"}', 'not json']) {
    const socket = await openSocket(served);
    const closed = new Promise((resolve) => socket.once('close', resolve).on('error', () => undefined));
    socket.send(bad);
    await closed;
  }
  assert.equal(await bystander.client.sums.add({ a: 1, b: 1 }), 2);
});

test('at 2,000 idle connections the studio still answers, keeps its own page, and holds at most 256 strangers', async (t) => {
  const served = await serveTiny(t);
  const page = line(await openSocket(served));
  const sockets: Socket[] = [];
  let ended = 0;
  for (let made = 0; made < 2000; made += 100) {
    await Promise.all(
      Array.from(
        { length: 100 },
        () =>
          new Promise<void>((resolve) => {
            const socket = connect(served.port, '127.0.0.1', resolve);
            sockets.push(socket);
            socket
              .on('error', () => undefined)
              .on('close', () => {
                ended += 1;
                resolve();
              });
          }),
      ),
    );
  }
  assert.equal((await health(served)).status, 200);
  assert.equal(await page.client.sums.add({ a: 20, b: 22 }), 42);
  await new Promise<void>((resolve) => {
    const look = () => (ended >= 2000 - 256 ? resolve() : setImmediate(look));
    look();
  });
  for (const socket of sockets) socket.destroy();
});

test('a body of 1 GB that is announced to a route without one is refused at once and never read', async (t) => {
  const served = await serveTiny(t);
  const { own } = await signedIn(served);
  const answer = await raw(
    served.port,
    requestText({ method: 'PUT', target: '/uploads/none/0', headers: [...own, ['X-File-Name', 'a'], ['Content-Length', String(2 ** 30)]] }),
  );
  assert.equal(answer.status, 404);
  assert.equal(answer.header('connection'), 'close');
});

test('closing the studio ends its sockets and frees the port', async (t) => {
  const served = await serveTiny(t);
  const socket = await openSocket(served);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await served.close();
  await closed;
  assert.equal((await raw(served.port, requestText({})).catch(() => ({ status: 0 }))).status, 0);
});
