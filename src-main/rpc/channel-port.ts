// A channel over what Electron's MessagePortMain, Node's MessagePort and the page's MessagePort have in common.
import type { Channel } from './channel.ts';

/** Node's and Electron's ports: `message` carries the value (Node) or an event with `data` (Electron). */
export interface EmitterPort {
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  postMessage(message: unknown): void;
  close(): void;
}

export function emitterPortChannel(port: EmitterPort, unwrap: (message: unknown) => unknown = (message) => message): Channel {
  return {
    send: (message) => port.postMessage(message),
    onMessage: (listener) => void port.on('message', (message) => listener(unwrap(message))),
    onClose: (listener) => void port.on('close', listener),
    close: () => port.close(),
  };
}

/** The page's port. */
export interface DomPort {
  addEventListener(event: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(event: 'close', listener: () => void): void;
  start(): void;
  postMessage(message: unknown): void;
  close(): void;
}

export function domPortChannel(port: DomPort): Channel {
  return {
    send: (message) => port.postMessage(message),
    onMessage(listener) {
      port.addEventListener('message', (event) => listener(event.data));
      port.start();
    },
    onClose: (listener) => port.addEventListener('close', listener),
    close: () => port.close(),
  };
}
