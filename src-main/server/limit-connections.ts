// Keeps the server answering under a flood of connections: beyond the limit, the oldest one that has proved nothing is ended.
import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';

export const mostConnections = 256;

export interface ConnectionKeeper {
  /** This connection belongs to the studio's own page; it is never ended to make room. */
  trust(connection: Duplex): void;
  endAll(): void;
}

export function limitConnections(server: Server, most: number = mostConnections): ConnectionKeeper {
  const unproven = new Set<Duplex>();
  const proven = new Set<Duplex>();
  server.on('connection', (connection) => {
    unproven.add(connection);
    connection.on('close', () => {
      unproven.delete(connection);
      proven.delete(connection);
    });
    if (unproven.size <= most) return;
    const [oldest] = unproven;
    unproven.delete(oldest!);
    oldest!.destroy();
  });
  return {
    trust: (connection) => {
      if (unproven.delete(connection)) proven.add(connection);
    },
    endAll: () => {
      for (const connection of [...unproven, ...proven]) connection.destroy();
    },
  };
}
