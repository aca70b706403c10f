// Gives a forked child the `process.parentPort` that Electron's utility processes have, and takes Node's own channel away from it.
import { EventEmitter } from 'node:events';
import { isMainThread } from 'node:worker_threads';

// A worker thread of the child runs this file too, and has neither.
if (isMainThread) {
  const port = new EventEmitter();
  const send = process.send!.bind(process);
  process.on('message', (message) => port.emit('message', { data: message }));
  Object.assign(process, { parentPort: Object.assign(port, { postMessage: (message: unknown) => send(message), start: () => undefined }) });
  delete (process as { send?: unknown }).send;
}
