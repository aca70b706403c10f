// The wire over each of its five carriers: calls, failures, events in order, and nobody left waiting when the line goes.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectSocket, createServer as createNetServer, type AddressInfo, type Socket as NetSocket } from 'node:net';
import { describe, test } from 'node:test';
import { MessageChannel } from 'node:worker_threads';
import WebSocket, { WebSocketServer } from 'ws';
import { z } from 'zod';
import { StudioError } from '#contract/errors.ts';
import { memoryPair } from '#rpc/channel-memory.ts';
import { domPortChannel, emitterPortChannel } from '#rpc/channel-port.ts';
import { lineChannel } from '#rpc/channel-lines.ts';
import { socketChannel } from '#rpc/channel-websocket.ts';
import type { Channel } from '#rpc/channel.ts';
import { connect } from '#rpc/connect.ts';
import { createServer } from '#rpc/serve.ts';

const procedures = {
  counts: {
    double: { input: z.strictObject({ value: z.number() }), output: z.number() },
    never: { input: z.strictObject({}), output: z.null() },
    fail: { input: z.strictObject({}), output: z.null() },
  },
};
const events = { counted: z.object({ value: z.int() }) };

interface Pair {
  readonly ends: [Channel, Channel];
  readonly release: () => void;
}

const carriers: Record<string, () => Promise<Pair>> = {
  memory: () => Promise.resolve({ ends: memoryPair(), release: () => undefined }),
  'a message port of Node': () => {
    const { port1, port2 } = new MessageChannel();
    return Promise.resolve({ ends: [emitterPortChannel(port1), emitterPortChannel(port2)], release: () => port1.close() });
  },
  'a message port of the page': () => {
    const { port1, port2 } = new MessageChannel();
    return Promise.resolve({ ends: [domPortChannel(port1 as never), domPortChannel(port2 as never)], release: () => port1.close() });
  },
  'a WebSocket': async () => {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await once(server, 'listening');
    const accepted = once(server, 'connection');
    const caller = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
    await once(caller, 'open');
    const [serving] = (await accepted) as [WebSocket];
    return {
      ends: [socketChannel(serving as never), socketChannel(caller as never)],
      release: () => {
        caller.terminate();
        server.close();
      },
    };
  },
  'lines over a socket': async () => {
    const server = createNetServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const accepted = once(server, 'connection');
    const caller = connectSocket((server.address() as AddressInfo).port, '127.0.0.1');
    const [serving] = (await accepted) as [NetSocket];
    return {
      ends: [lineChannel(serving), lineChannel(caller)],
      release: () => {
        caller.destroy();
        server.close();
      },
    };
  },
};

for (const [name, open] of Object.entries(carriers)) {
  describe(`the wire over ${name}`, () => {
    async function talk<T>(
      conversation: (
        line: ReturnType<typeof connect<typeof procedures, typeof events>>,
        server: ReturnType<typeof newServer>,
        serving: Channel,
      ) => Promise<T>,
    ): Promise<T> {
      const {
        ends: [serving, calling],
        release,
      } = await open();
      const server = newServer();
      server.serve(serving, ({ input }) => {
        if ((input as { value?: number }).value === 13) throw new StudioError('unauthorised', 'Not 13.');
      });
      try {
        return await conversation(connect(procedures, events, calling), server, serving);
      } finally {
        serving.close();
        release();
      }
    }

    test('a call comes back with what the handler answered', () =>
      talk(async ({ client }) => assert.equal(await client.counts.double({ value: 21 }), 42)));
    test('input outside the contract never reaches the handler', () =>
      talk(async ({ client }) => assert.rejects(client.counts.double({ value: 'two' as never }), { code: 'bad-input', where: 'value' })));
    test('a failure keeps its code, its place and what to do', () =>
      talk(async ({ client }) => assert.rejects(client.counts.fail({}), { code: 'disk-full', where: '/models', whatToDo: 'Free 2 GB.' })));
    test('a call that the door does not admit is refused before its handler', () =>
      talk(async ({ client }) => assert.rejects(client.counts.double({ value: 13 }), { code: 'unauthorised' })));
    test('200 events arrive in order', () =>
      talk(async ({ client, on }, server) => {
        const heard: number[] = [];
        on('counted', ({ value }) => heard.push(value));
        await client.counts.double({ value: 1 }); // the serving side is listening now
        for (let value = 0; value < 200; value++) server.announce('counted', { value });
        await client.counts.double({ value: 2 });
        assert.deepEqual(
          heard,
          Array.from({ length: 200 }, (_, index) => index),
        );
      }));
    test('losing the line answers every waiting and every later call with "disconnected"', () =>
      talk(async ({ client, onClose }, _server, serving) => {
        const told = new Promise<void>((resolve) => onClose(resolve));
        const waiting = [client.counts.never({}), client.counts.never({})];
        await client.counts.double({ value: 1 });
        serving.close();
        for (const call of waiting) await assert.rejects(call, { code: 'disconnected' });
        await told;
        await assert.rejects(client.counts.double({ value: 1 }), { code: 'disconnected' });
      }));
  });
}

test('names inherited from Object are no procedures', async () => {
  const server = newServer();
  await assert.rejects(server.dispatch('constructor', 'name', {}), { code: 'unknown-procedure' });
  await assert.rejects(server.dispatch('counts', 'toString', {}), { code: 'unknown-procedure' });
});

test('a handler that breaks its own contract is an internal error, not an answer', async () => {
  const server = createServer(procedures, events, { counts: { double: () => 'four' as never, never: () => null, fail: () => null } });
  await assert.rejects(server.dispatch('counts', 'double', { value: 2 }));
});

function newServer() {
  return createServer(procedures, events, {
    counts: {
      double: ({ value }) => 2 * value,
      never: () => new Promise<null>(() => undefined),
      fail: () => {
        throw new StudioError('disk-full', 'No room.', { where: '/models', whatToDo: 'Free 2 GB.' });
      },
    },
  });
}
