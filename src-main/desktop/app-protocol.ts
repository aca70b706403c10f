// Serves the built page under app://studio/ from a table of files made once at start: what isn't in the table doesn't exist.
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { protocol, type Session } from 'electron';
import { PAGE_TYPES, SECURITY_HEADERS } from '#contract/page-policy.ts';

export const PAGE_ORIGIN = 'app://studio';

/** Must run before the app is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
}

export function serveApp(session: Session, pageFolder: string): void {
  const files = fileTable(pageFolder);
  session.protocol.handle('app', (request) => {
    const url = new URL(request.url);
    const file =
      url.host === 'studio' && request.method === 'GET' ? files.get(url.pathname === '/' ? '/index.html' : url.pathname) : undefined;
    if (file === undefined) return new Response('There is nothing here.', { status: 404, headers: { ...SECURITY_HEADERS } });
    return new Response(readFileSync(file), { headers: { ...SECURITY_HEADERS, 'Content-Type': PAGE_TYPES[extname(file)]! } });
  });
}

function fileTable(folder: string): ReadonlyMap<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && PAGE_TYPES[extname(entry.name)] !== undefined)
    .map((entry) => join(entry.parentPath, entry.name));
  return new Map(entries.map((file) => [`/${relative(folder, file).split(sep).join('/')}`, file]));
}
