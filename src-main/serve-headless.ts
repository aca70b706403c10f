// Composes a studio and serves it to the browser: what `npm start` without a window and `espalier serve` share.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { admitPageCall } from '#main/studio/admit-page-call.ts';
import { composeStudio } from '#main/compose-studio.ts';
import { checkPort, serveStudio } from '#main/server/serve-studio.ts';

export interface HeadlessStudio {
  readonly url: string;
  readonly home: string;
  /** Ends every connection; running jobs stay resumable. */
  close(): Promise<void>;
}

/** @throws StudioError `home-in-use`, `conflict` for a taken port, `not-found` where the page isn't built */
export async function serveHeadless(options: {
  home: string | undefined;
  port: number | undefined;
  onSignedIn?: () => void;
}): Promise<HeadlessStudio> {
  if (options.port !== undefined) checkPort(options.port);
  const inSourceTree = existsSync(join(import.meta.dirname, '../src-renderer/vite.config.ts'));
  if (inSourceTree) await (await import('#main/setup/prepare.ts')).prepare(['page']);
  const studio = await composeStudio({ home: options.home, door: 'browser' });
  try {
    const { home } = studio;
    const served = await serveStudio({
      rpc: studio.rpc,
      admit: admitPageCall,
      handles: studio.handles,
      pageFolder: join(import.meta.dirname, '../dist/page'),
      uploadsFolder: join(home, 'uploads'),
      exportsFolder: join(home, 'exports'),
      ...(options.port === undefined ? {} : { port: options.port }),
      ...(options.onSignedIn === undefined ? {} : { onSignedIn: options.onSignedIn }),
    });
    return {
      url: served.url,
      home,
      async close() {
        await served.close();
        await studio.close();
      },
    };
  } catch (thrown) {
    await studio.close();
    throw thrown;
  }
}
