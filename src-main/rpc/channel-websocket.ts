// A channel over a WebSocket, the browser's or the ws package's: one JSON text a message.
import type { Channel } from './channel.ts';

/** The part that the browser's WebSocket and the ws package have in common. */
export interface Socket {
  send(text: string): void;
  close(): void;
  addEventListener(event: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(event: 'close', listener: () => void): void;
}

export function socketChannel(socket: Socket): Channel {
  return {
    send: (message) => socket.send(JSON.stringify(message)),
    onMessage: (listener) =>
      socket.addEventListener('message', ({ data }) => {
        const message = parse(String(data));
        if (message === undefined) socket.close();
        else listener(message);
      }),
    onClose: (listener) => socket.addEventListener('close', listener),
    close: () => socket.close(),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
