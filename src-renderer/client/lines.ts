// The two lines to the studio: the port that the window's preload hands over, and a WebSocket to the server the page came from.
import type { Channel } from '#rpc/channel.ts';
import { domPortChannel } from '#rpc/channel-port.ts';
import { socketChannel } from '#rpc/channel-websocket.ts';
import type { DesktopBridge } from './desktop-bridge.ts';
import { isSignedIn, sessionKey, signIn } from './sign-in.ts';

/** `refused`: the studio is there and doesn't know this page; trying again is no use. `away`: it may come back. */
export type OpenedLine = { readonly kind: 'open'; readonly channel: Channel } | { readonly kind: 'refused' } | { readonly kind: 'away' };

export function openDesktopLine(bridge: DesktopBridge): Promise<OpenedLine> {
  return new Promise((resolve) => {
    function hear(event: MessageEvent): void {
      const [port] = event.ports;
      if (event.source !== window || event.data !== 'espalier-port' || port === undefined) return;
      window.removeEventListener('message', hear);
      resolve({ kind: 'open', channel: domPortChannel(port) });
    }
    window.addEventListener('message', hear);
    bridge.connect();
  });
}

export async function openSocketLine(): Promise<OpenedLine> {
  try {
    await signIn();
  } catch (thrown) {
    return thrown instanceof TypeError ? { kind: 'away' } : { kind: 'refused' };
  }
  const known = await isSignedIn();
  if (known === undefined) return { kind: 'away' };
  const key = sessionKey();
  if (!known || key === undefined) return { kind: 'refused' };
  const socket = new WebSocket(`ws://${location.host}/studio`, ['espalier', `key.${key}`]);
  return new Promise((resolve) => {
    socket.addEventListener('open', () => resolve({ kind: 'open', channel: socketChannel(socket) }), { once: true });
    socket.addEventListener('close', () => resolve({ kind: 'away' }), { once: true });
  });
}
