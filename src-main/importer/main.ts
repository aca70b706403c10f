// The importer process: takes one task from its host, tells how far it is, answers once, ends.
import type { FromImporter } from '#contract/importer-messages.ts';
import { answerInTime } from './answer-in-time.ts';

/** Electron's utilityProcess gives its child a port on `process`; Node's fork gives it messages. */
interface ParentPort {
  once(event: 'message', listener: (event: { readonly data: unknown }) => void): unknown;
  postMessage(message: unknown): void;
}

function isParentPort(value: unknown): value is ParentPort {
  return typeof value === 'object' && value !== null && 'postMessage' in value && 'once' in value;
}

const port: unknown = 'parentPort' in process ? process.parentPort : undefined;
if (isParentPort(port)) {
  port.once(
    'message',
    ({ data }) =>
      void answerInTime(data, undefined, (progress) => port.postMessage(progress)).then((said) => {
        port.postMessage(said);
        // The port has no "sent" event; the host ends this process when it has the answer, and this is for a host that died.
        setTimeout(() => process.exit(0), 2000);
      }),
  );
} else {
  process.once('disconnect', () => process.exit(0));
  process.once('message', (message) => {
    const tell = (progress: FromImporter) => void process.send?.(progress);
    void answerInTime(message, undefined, tell).then((said) => process.send?.(said, () => process.disconnect()));
  });
}
