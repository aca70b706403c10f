// The home's own line: a second process that finds the home in use becomes a client of the studio that holds it.
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { createServer, connect, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Channel } from '#rpc/channel.ts';
import { lineChannel } from '#rpc/channel-lines.ts';

/** A Unix socket's path has room for 103 bytes on macOS and 107 on Linux, with its closing zero. */
const longestPath = 100;
const recordOf = (home: string): string => join(home, 'control.json');

export interface ControlSocket {
  close(): Promise<void>;
}

/** Only for who holds the home's lock: whatever an earlier holder left is removed. Whoever can reach it is this user. */
export async function listenForClients(home: string, serve: (channel: Channel) => void): Promise<ControlSocket> {
  forget(home);
  const address = freshAddress(home);
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    serve(lineChannel(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(address, resolve);
  });
  if (process.platform !== 'win32') chmodSync(address, 0o600);
  writeFileSync(recordOf(home), JSON.stringify({ address }), { mode: 0o600 });
  return {
    close() {
      forget(home);
      for (const socket of sockets) socket.end();
      return new Promise((resolve) => {
        server.close(() => resolve());
        setTimeout(() => {
          for (const socket of sockets) socket.destroy();
        }, 200).unref();
      });
    },
  };
}

/** Undefined where nobody listens: the holder is just starting, just ending, or dead. */
export function reachHolder(home: string): Promise<Channel | undefined> {
  const address = recordedAddress(home);
  if (address === undefined) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const socket = connect(address);
    socket.once('connect', () => resolve(lineChannel(socket)));
    socket.once('error', () => resolve(undefined));
  });
}

function freshAddress(home: string): string {
  if (process.platform === 'win32') return `\\\\.\\pipe\\espalier-${randomBytes(16).toString('hex')}`;
  const path = join(home, 'control.sock');
  return Buffer.byteLength(path) <= longestPath ? path : join(mkdtempSync(join(tmpdir(), 'espalier-')), 's');
}

function forget(home: string): void {
  const address = recordedAddress(home);
  rmSync(recordOf(home), { force: true });
  if (process.platform === 'win32') return;
  rmSync(join(home, 'control.sock'), { force: true });
  // The record is a file that could have been changed: only a folder of our own making is removed.
  if (address !== undefined && /[/]espalier-[A-Za-z0-9]{6}[/]s$/.test(address)) rmSync(dirname(address), { recursive: true, force: true });
}

function recordedAddress(home: string): string | undefined {
  try {
    const record: unknown = JSON.parse(readFileSync(recordOf(home), 'utf8'));
    return typeof record === 'object' && record !== null && 'address' in record && typeof record.address === 'string'
      ? record.address
      : undefined;
  } catch {
    return undefined;
  }
}
