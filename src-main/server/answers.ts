// The few ways in which a request is answered, each with the security headers.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { SECURITY_HEADERS } from '#contract/page-policy.ts';
import { StudioError, type ErrorCode } from '#contract/errors.ts';

const jsonType = 'application/json';

export function answerBytes(response: ServerResponse, type: string, bytes: Uint8Array, cache = 'no-store'): void {
  response
    .writeHead(200, { ...SECURITY_HEADERS, 'cache-control': cache, 'content-type': type, 'content-length': bytes.byteLength })
    .end(bytes);
}

export function answerJson(response: ServerResponse, status: number, value: unknown, more: Readonly<Record<string, string>> = {}): void {
  const text = JSON.stringify(value);
  response
    .writeHead(status, {
      ...SECURITY_HEADERS,
      'cache-control': 'no-store',
      'content-type': jsonType,
      'content-length': Buffer.byteLength(text),
      ...more,
    })
    .end(text);
}

/** A refusal ends the connection, so that an unread body is never drained. */
export function refuse(response: ServerResponse, status: number, error: StudioError, more: Readonly<Record<string, string>> = {}): void {
  if (response.headersSent) return void response.destroy();
  answerJson(response, status, error.toProblem(), { connection: 'close', ...more });
}

const statuses: Partial<Record<ErrorCode, number>> = {
  'bad-input': 400,
  unauthorised: 401,
  'not-found': 404,
  conflict: 409,
  'over-limit': 413,
  'disk-full': 507,
};

export function refuseThrown(response: ServerResponse, thrown: unknown): void {
  const error = StudioError.from(thrown);
  refuse(response, statuses[error.code] ?? 500, error);
}

/** A small JSON body, read whole. @throws StudioError `bad-input` for another content type or broken JSON, `over-limit` beyond 4 KB. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  if (request.headers['content-type'] !== jsonType) throw new StudioError('bad-input', 'The body must be JSON.');
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > 4096) throw new StudioError('over-limit', 'The body has more than 4 KB.');
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new StudioError('bad-input', 'The body is not JSON.');
  }
}
