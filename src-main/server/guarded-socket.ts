// A page's WebSocket as a channel with limits: unanswered calls, unsent bytes, silence.
import type { WebSocket } from 'ws';
import type { Channel } from '#rpc/channel.ts';
import { socketChannel } from '#rpc/channel-websocket.ts';

export interface SocketLimits {
  /** Beyond so many unanswered calls the socket isn't read from, until some are answered. */
  readonly unanswered: number;
  /** A page that doesn't read is given up at so many unsent bytes; it takes a new snapshot when it comes back. */
  readonly unsentBytes: number;
  readonly pingMilliseconds: number;
}
export const socketLimits: SocketLimits = { unanswered: 64, unsentBytes: 32 * 2 ** 20, pingMilliseconds: 20_000 };

export function guardedSocket(socket: WebSocket, limits: SocketLimits = socketLimits): Channel {
  let unanswered = 0;
  let heard = true;
  const ping = setInterval(() => {
    if (!heard && !socket.isPaused) return socket.terminate();
    heard = false;
    socket.ping();
  }, limits.pingMilliseconds).unref();
  socket.on('pong', () => {
    heard = true;
  });
  socket.on('close', () => clearInterval(ping));
  // Too large or malformed frames end in 'close'; without a listener they would end the studio.
  socket.on('error', () => socket.terminate());

  const channel = socketChannel({
    send(text) {
      if (socket.readyState !== socket.OPEN) return;
      socket.send(text);
      if (socket.bufferedAmount > limits.unsentBytes) socket.terminate();
    },
    close: () => socket.close(),
    addEventListener: (event: 'message' | 'close', listener: (event: { data: unknown }) => void) =>
      void (event === 'message'
        ? socket.on('message', (data) => listener({ data }))
        : socket.on('close', () => listener({ data: undefined }))),
  });

  return {
    ...channel,
    send(message) {
      channel.send(message);
      if (isEvent(message)) return;
      unanswered -= 1;
      if (socket.isPaused && unanswered < limits.unanswered) socket.resume();
    },
    onMessage: (listener) =>
      channel.onMessage((message) => {
        unanswered += 1;
        heard = true;
        if (unanswered >= limits.unanswered) socket.pause();
        listener(message);
      }),
  };
}

function isEvent(message: unknown): boolean {
  return typeof message === 'object' && message !== null && 'kind' in message && message.kind === 'event';
}
