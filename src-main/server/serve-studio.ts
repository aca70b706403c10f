// The browser door: the studio behind HTTP and a WebSocket on 127.0.0.1, for one user's own page and nobody else.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { StudioError } from '#contract/errors.ts';
import type { Channel } from '#rpc/channel.ts';
import type { Call } from '#rpc/messages.ts';
import { acceptPages, socketPath } from './accept-pages.ts';
import { refuse, refuseThrown } from './answers.ts';
import { judgeForRoute, judgeSender } from './judge-request.ts';
import { limitConnections } from './limit-connections.ts';
import { pageRoutes } from './page-files.ts';
import { uploadRoutes, type HandleRegister, type UploadLimits } from './receive-uploads.ts';
import { findRoute, type Route } from './routes.ts';
import { plainAnswer } from './plain-answer.ts';
import { exportRoutes, type Asks } from './send-exports.ts';
import { sessionRoutes } from './session-routes.ts';
import { keyHeader, StudioAccess } from './studio-access.ts';

export interface ServeOptions {
  readonly rpc: Asks & { serve(channel: Channel, admit?: (call: Call) => void): void };
  /** Refuses what a page may not ask, by throwing. */
  readonly admit: (call: Call) => void;
  readonly handles: HandleRegister;
  /** The built page. */
  readonly pageFolder: string;
  /** Where uploads go; emptied at the start. */
  readonly uploadsFolder: string;
  /** The only folder that downloads come from. */
  readonly exportsFolder: string;
  /** 0 or left out: any free port. */
  readonly port?: number;
  readonly uploadLimits?: UploadLimits;
  /** A page has swapped the token for a session. */
  readonly onSignedIn?: () => void;
}

export interface ServedStudio {
  /** With the token in its fragment, which no browser ever sends. */
  readonly url: string;
  readonly port: number;
  /** Every route with its rule, as served. */
  readonly routes: readonly Pick<Route, 'method' | 'path' | 'auth'>[];
  /** Cuts every page's line; each takes it up again by itself. For the moment after the machine slept, and for tests. */
  dropLines(): void;
  /** Ends every connection and stops listening. */
  close(): Promise<void>;
}

const unreadable: Readonly<Record<string, readonly [number, string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout'],
};

/** @throws StudioError `bad-input` for a port out of range, `conflict` for one that is taken, `not-found` where the page isn't built. */
export async function serveStudio(options: ServeOptions): Promise<ServedStudio> {
  const fixedRoutes = [
    ...(await pageRoutes(options.pageFolder)),
    ...(await uploadRoutes(options.uploadsFolder, options.handles, options.uploadLimits)),
    ...exportRoutes(options.exportsFolder, options.rpc),
  ];
  // A request without Host is refused in judgeSender: Node's own answer would lack the security headers.
  const server = createServer({
    maxHeaderSize: 16 * 1024,
    requireHostHeader: false,
    headersTimeout: 10_000,
    requestTimeout: 3_600_000,
    keepAliveTimeout: 5000,
    connectionsCheckingInterval: 1000,
  });
  server.timeout = 30_000;
  server.maxHeadersCount = 100;
  const connections = limitConnections(server);
  const port = await listen(server, options.port ?? 0);
  const access = new StudioAccess(port);
  const routes: readonly Route[] = [...fixedRoutes, ...sessionRoutes(access, options.onSignedIn)];
  const pages = acceptPages(port, access, (channel) => options.rpc.serve(channel, options.admit), connections.trust);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const sender = judgeSender(request, port);
    if (sender !== undefined) return refuse(response, sender.status, new StudioError('unauthorised', sender.message));
    const found = findRoute(routes, request.method, request.url);
    if (found.kind === 'none') return refuse(response, 404, new StudioError('not-found', 'There is nothing at this address.'));
    if (found.kind === 'wrong-method')
      return refuse(response, 405, new StudioError('bad-input', 'This address isn’t used in this way.'), {
        allow: found.allowed.join(', '),
      });
    const admitted = () => access.admits(request.headers.cookie, single(request.headers[keyHeader]));
    const refused = judgeForRoute(request, found.route.auth, admitted);
    if (refused !== undefined) return refuse(response, refused.status, new StudioError('unauthorised', refused.message));
    if (found.route.auth === 'session') connections.trust(request.socket);
    await found.route.answer({ request, response, captured: found.captured });
  }

  let closing: Promise<void> | undefined;
  async function close(): Promise<void> {
    const closed = once(server, 'close');
    server.close();
    pages.close();
    connections.endAll();
    await closed;
  }

  server.on('request', (request, response) => void answer(request, response).catch((thrown: unknown) => refuseThrown(response, thrown)));
  server.on('upgrade', pages.upgrade);
  server.on('checkExpectation', (_, response: ServerResponse) =>
    refuse(response, 417, new StudioError('bad-input', 'The expectation can’t be met.')),
  );
  server.on('clientError', (error: NodeJS.ErrnoException, connection) => {
    const [status, reason] = unreadable[error.code ?? ''] ?? [400, 'Bad Request'];
    if (connection.writable) connection.end(plainAnswer(status, reason), () => connection.destroy());
    else connection.destroy();
  });
  return {
    url: `http://127.0.0.1:${port}/#token=${access.token}`,
    port,
    routes: [...routes.map(({ method, path, auth }) => ({ method, path, auth })), { method: 'GET', path: socketPath, auth: 'session' }],
    dropLines: pages.close,
    close: () => (closing ??= close()),
  };
}

/** @throws StudioError `bad-input` for a port that the studio can't use */
export function checkPort(port: number): void {
  if (!Number.isInteger(port) || port < 0 || port > 65_535 || (port > 0 && port < 1024)) {
    throw new StudioError('bad-input', `${port} is no port that the studio can use.`, {
      whatToDo: 'Choose one from 1024 to 65535, or leave it out.',
    });
  }
}

async function listen(server: ReturnType<typeof createServer>, port: number): Promise<number> {
  checkPort(port);
  server.listen({ host: '127.0.0.1', port });
  await once(server, 'listening').catch((thrown: unknown) => {
    throw new StudioError('conflict', `Port ${port} can’t be used: ${thrown instanceof Error ? thrown.message : String(thrown)}.`, {
      whatToDo: 'Choose another port, or leave it out.',
    });
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new StudioError('internal', 'The server has no port.');
  return address.port;
}

function single(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
