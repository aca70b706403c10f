// What the page may ask of the window itself: its line to the studio, and the system's own file dialogs. Paths stay here; the page gets handles.
import { isAbsolute } from 'node:path';
import { BrowserWindow, dialog, MessageChannelMain, type MessagePortMain } from 'electron';
import { z } from 'zod';
import type { Channel } from '#rpc/channel.ts';
import { emitterPortChannel } from '#rpc/channel-port.ts';
import type { GuardedIpc } from './guarded-ipc.ts';

export interface PageServices {
  serve(channel: Channel): void;
  /** Remembers a path that the user has chosen; the page only ever sees the handle. */
  registerPath(path: string): string;
}

const Paths = z.array(z.string().min(1).max(4096).refine(isAbsolute)).max(10_000);
const OpenKind = z.enum(['file', 'folder']);
const FileName = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[^/\\\0]+$/);

export function answerPage(ipc: GuardedIpc, services: PageServices): void {
  ipc.on('studio:connect', (event) => {
    const { port1, port2 } = new MessageChannelMain();
    services.serve(portOfMain(port1));
    port1.start();
    event.senderFrame?.postMessage('studio:port', null, [port2]);
  });
  ipc.handle(
    'studio:register-files',
    (paths) => Paths.parse(paths),
    (paths) => Promise.resolve(paths.map((path) => services.registerPath(path))),
  );
  ipc.handle(
    'studio:choose-open',
    (kind) => OpenKind.parse(kind),
    async (kind, event) => {
      const chosen = await dialog.showOpenDialog(windowOf(event.sender), {
        properties: [kind === 'folder' ? 'openDirectory' : 'openFile'],
      });
      return chosen.canceled || chosen.filePaths[0] === undefined ? null : services.registerPath(chosen.filePaths[0]);
    },
  );
  ipc.handle(
    'studio:choose-save',
    (name) => FileName.parse(name),
    async (name, event) => {
      const chosen = await dialog.showSaveDialog(windowOf(event.sender), { defaultPath: name });
      return chosen.canceled || !chosen.filePath ? null : services.registerPath(chosen.filePath);
    },
  );
}

function windowOf(contents: Electron.WebContents): BrowserWindow {
  const window = BrowserWindow.fromWebContents(contents);
  if (window === null) throw new Error('The window is gone.');
  return window;
}

/** Electron's port says its messages as events with `data`. */
function portOfMain(port: MessagePortMain): Channel {
  return emitterPortChannel(port, (event) => (event as { data: unknown }).data);
}
