// The one wrapper through which the page is heard: main frame, our origin, a window of ours, else nothing happens.
import { ipcMain, type BrowserWindow, type IpcMainEvent, type IpcMainInvokeEvent } from 'electron';
import { PAGE_ORIGIN } from './app-protocol.ts';

type Sender = Pick<IpcMainEvent | IpcMainInvokeEvent, 'sender' | 'senderFrame'>;

/** Fails closed: a missing or destroyed frame, about:blank and look-alike hosts are all refused. */
export function isOurPage({ sender, senderFrame }: Sender, windows: ReadonlySet<BrowserWindow>): boolean {
  if (!senderFrame || senderFrame.parent !== null) return false;
  const known = [...windows].some((window) => !window.isDestroyed() && window.webContents === sender);
  return known && typeof senderFrame.url === 'string' && senderFrame.url.startsWith(`${PAGE_ORIGIN}/`);
}

export interface GuardedIpc {
  on(channel: string, listener: (event: IpcMainEvent) => void): void;
  /** `check` turns the untrusted argument into what the handler takes, by throwing or answering. */
  handle<T>(channel: string, check: (argument: unknown) => T, handler: (argument: T, event: IpcMainInvokeEvent) => Promise<unknown>): void;
}

export function guardedIpc(windows: ReadonlySet<BrowserWindow>): GuardedIpc {
  return {
    on: (channel, listener) =>
      void ipcMain.on(channel, (event) => {
        if (isOurPage(event, windows)) listener(event);
      }),
    handle: (channel, check, handler) =>
      ipcMain.handle(channel, async (event, argument: unknown) => {
        if (!isOurPage(event, windows)) throw new Error('This sender may not ask that.');
        return handler(check(argument), event);
      }),
  };
}
