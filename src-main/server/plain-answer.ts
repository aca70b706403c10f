// An answer written to a bare socket: a refused upgrade, a request that couldn't be read. It carries the same headers as any other.
import { SECURITY_HEADERS } from '#contract/page-policy.ts';

export function plainAnswer(status: number, reason: string, body = ''): string {
  const lines = Object.entries({
    ...SECURITY_HEADERS,
    'cache-control': 'no-store',
    'content-type': 'text/plain; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  }).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status} ${reason}`, ...lines, '', body].join('\r\n');
}
