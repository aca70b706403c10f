// The upgrade from HTTP to the studio's WebSocket, decided before the 101 is written.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Channel } from '#rpc/channel.ts';
import { guardedSocket } from './guarded-socket.ts';
import { judgeForRoute, judgeSender } from './judge-request.ts';
import { plainAnswer } from './plain-answer.ts';
import { socketProtocol, type StudioAccess } from './studio-access.ts';

export const socketPath = '/studio';
const mostPages = 32;
const largestMessage = 4 * 2 ** 20;

export interface PageAcceptor {
  upgrade(request: IncomingMessage, connection: Duplex, head: Buffer): void;
  close(): void;
}

export function acceptPages(
  port: number,
  access: StudioAccess,
  serve: (channel: Channel) => void,
  trust: (connection: Duplex) => void,
): PageAcceptor {
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: largestMessage,
    handleProtocols: () => socketProtocol,
  });

  /** undefined: welcome. */
  function refusal(request: IncomingMessage): { readonly status: number; readonly reason: string } | undefined {
    const sender = judgeSender(request, port);
    if (sender !== undefined) return { status: sender.status, reason: 'Forbidden' };
    if (request.url !== socketPath) return { status: 404, reason: 'Not Found' };
    if (request.method !== 'GET') return { status: 405, reason: 'Method Not Allowed' };
    const protocols = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((each) => each.trim());
    const key = protocols.find((each) => each.startsWith('key.'))?.slice(4);
    const refused = judgeForRoute(
      request,
      'session',
      () => protocols.includes(socketProtocol) && access.admits(request.headers.cookie, key),
    );
    if (refused !== undefined) return { status: refused.status, reason: refused.status === 401 ? 'Unauthorized' : 'Forbidden' };
    return sockets.clients.size < mostPages ? undefined : { status: 503, reason: 'Too Many Pages' };
  }

  return {
    upgrade(request, connection, head) {
      connection.on('error', () => connection.destroy());
      const refused = refusal(request);
      if (refused !== undefined) return void connection.end(plainAnswer(refused.status, refused.reason));
      trust(connection);
      sockets.handleUpgrade(request, connection, head, (socket) => serve(guardedSocket(socket)));
    },
    close: () => {
      for (const socket of sockets.clients) socket.terminate();
    },
  };
}
