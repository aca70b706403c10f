// Loaded before a process's own code: writes down every name it looks up and every address it connects to or listens at.
import dns from 'node:dns';
import { appendFileSync } from 'node:fs';
import { Server, Socket } from 'node:net';

const log = process.env['NETWORK_LOG']!;
const note = (what: string, subject: unknown) => appendFileSync(log, `${what} ${JSON.stringify(subject)}\n`);

function watch<T extends object>(owner: T, method: keyof T & string, what: string): void {
  const original = owner[method] as (...args: unknown[]) => unknown;
  Object.assign(owner, {
    [method](this: unknown, ...args: unknown[]) {
      note(
        what,
        args.filter((argument) => typeof argument !== 'function'),
      );
      return original.apply(this, args);
    },
  });
}

watch(dns, 'lookup', 'lookup');
watch(dns, 'resolve', 'lookup');
watch(Socket.prototype, 'connect', 'connect');
watch(Server.prototype, 'listen', 'listen');
note('watching', process.pid);
