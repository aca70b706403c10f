// A channel over a byte stream (a Unix socket or a named pipe): one JSON text a line.
import type { Duplex } from 'node:stream';
import { createInterface } from 'node:readline';
import type { Channel } from './channel.ts';

export function lineChannel(stream: Duplex): Channel {
  stream.on('error', () => stream.destroy());
  return {
    send: (message) => {
      if (stream.writable) stream.write(`${JSON.stringify(message)}\n`);
    },
    onMessage: (listener) =>
      void createInterface({ input: stream }).on('line', (line) => {
        try {
          listener(JSON.parse(line));
        } catch {
          stream.destroy();
        }
      }),
    onClose: (listener) => void stream.on('close', listener),
    close: () => void stream.end(),
  };
}
