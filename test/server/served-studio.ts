// A real server on a tiny contract in memory, and raw requests to it: what a browser would never let a page send.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { z } from 'zod';
import { StudioError } from '#contract/errors.ts';
import { ExportedFile } from '#contract/nouns.ts';
import { createServer, type RpcServer } from '#rpc/serve.ts';
import type { UploadLimits } from '#main/server/receive-uploads.ts';
import { serveStudio, type ServedStudio } from '#main/server/serve-studio.ts';

export const tinyProcedures = {
  sums: {
    add: { input: z.strictObject({ a: z.number(), b: z.number() }), output: z.number() },
    secret: { input: z.strictObject({}), output: z.string() },
  },
  jobs: {
    get: {
      input: z.strictObject({ id: z.string() }),
      output: z.object({ exported: z.object({ files: z.array(ExportedFile) }).nullable() }),
    },
  },
};
export const tinyEvents = { ticked: z.object({ count: z.int() }) };

export interface Served extends ServedStudio {
  readonly folder: string;
  readonly token: string;
  readonly rpc: RpcServer<typeof tinyEvents>;
  /** Calls that reached a handler. */
  readonly entered: () => number;
  /** Handle → path. */
  readonly handles: ReadonlyMap<string, string>;
  readonly exported: Map<string, readonly string[]>;
}

export async function serveTiny(t: Pick<TestContext, 'after'>, uploadLimits?: UploadLimits): Promise<Served> {
  const folder = mkdtempSync(join(tmpdir(), 'espalier-server-'));
  const pageFolder = join(folder, 'page');
  mkdirSync(join(pageFolder, 'assets'), { recursive: true });
  mkdirSync(join(folder, 'exports'));
  writeFileSync(join(pageFolder, 'index.html'), '<!doctype html><script type="module" src="/assets/page-1a2b.js"></script>');
  writeFileSync(join(pageFolder, 'assets/page-1a2b.js'), 'document.title = "ran";');
  writeFileSync(join(folder, 'canary.txt'), 'CANARY');
  let entered = 0;
  const exported = new Map<string, readonly string[]>();
  const rpc = createServer(tinyProcedures, tinyEvents, {
    sums: {
      add: ({ a, b }) => {
        entered += 1;
        return a + b;
      },
      secret: () => {
        entered += 1;
        return 'CANARY';
      },
    },
    jobs: {
      get({ id }) {
        const paths = exported.get(id);
        if (paths === undefined) throw new StudioError('not-found', 'There is no such job.');
        return { exported: { files: paths.map((path) => ({ path, bytes: 1 })) } };
      },
    },
  });
  const handles = new Map<string, string>();
  const served = await serveStudio({
    rpc,
    pageFolder,
    uploadsFolder: join(folder, 'uploads'),
    exportsFolder: join(folder, 'exports'),
    handles: {
      register(path) {
        const handle = `handle-${handles.size + 1}`;
        handles.set(handle, path);
        return handle;
      },
    },
    admit: ({ group, name }) => {
      if (`${group}.${name}` === 'sums.secret') throw new StudioError('unauthorised', 'Not for a page.');
    },
    ...(uploadLimits === undefined ? {} : { uploadLimits }),
  });
  t.after(async () => {
    await served.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { ...served, folder, rpc, entered: () => entered, handles, exported, token: served.url.split('#token=')[1]! };
}

export interface RawAnswer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
  header(name: string): string | undefined;
}

/** Sends the bytes as they are and reads until the answer is whole or the line ends. Status 0: closed without an answer. */
export function raw(port: number, text: string): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let got = '';
    const finish = () => {
      socket.destroy();
      resolve(parseAnswer(got));
    };
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      got += chunk;
      if (isWhole(got)) finish();
    });
    socket.on('end', finish).on('close', finish).on('error', finish);
    socket.setTimeout(20_000, () => reject(new Error(`no answer to ${JSON.stringify(text.slice(0, 200))}`)));
  });
}

function parseAnswer(text: string): RawAnswer {
  const end = text.indexOf('\r\n\r\n');
  const head = end < 0 ? text : text.slice(0, end);
  return {
    status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0),
    head,
    body: end < 0 ? '' : text.slice(end + 4),
    header: (name) => new RegExp(`^${name}: (.*)$`, 'im').exec(head)?.[1]?.trim(),
  };
}

function isWhole(text: string): boolean {
  const { status, body, header } = parseAnswer(text);
  if (!text.includes('\r\n\r\n')) return false;
  return status === 101 || body.length >= Number(header('content-length') ?? Infinity);
}

export interface RawRequest {
  readonly method?: string;
  readonly target?: string;
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: string;
}

export function requestText({ method = 'GET', target = '/', headers = [], body }: RawRequest): string {
  const all = body === undefined ? headers : [...headers, ['Content-Length', String(Buffer.byteLength(body))] as const];
  return [`${method} ${target} HTTP/1.1`, ...all.map(([name, value]) => `${name}: ${value}`), '', body ?? ''].join('\r\n');
}

/** Signs in as the page does and answers the headers that every later request carries. */
export async function signedIn({
  port,
  token,
}: Served): Promise<{ cookie: string; key: string; own: readonly (readonly [string, string])[] }> {
  const origin = `http://127.0.0.1:${port}`;
  const answer = await raw(
    port,
    requestText({
      method: 'POST',
      target: '/session',
      body: JSON.stringify({ token }),
      headers: [
        ['Host', `127.0.0.1:${port}`],
        ['Origin', origin],
        ['Content-Type', 'application/json'],
      ],
    }),
  );
  const cookie = answer.header('set-cookie')!.split(';')[0]!;
  const { key } = JSON.parse(answer.body) as { key: string };
  return {
    cookie,
    key,
    own: [
      ['Host', `127.0.0.1:${port}`],
      ['Origin', origin],
      ['Cookie', cookie],
      ['X-Espalier-Key', key],
    ],
  };
}
