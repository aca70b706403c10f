// Runs sandboxed before the page: hands over one port to the studio, and named functions for files. No generic `send`.
import { contextBridge, ipcRenderer, webUtils } from 'electron';

declare const window: {
  readonly location: { readonly origin: string };
  postMessage(message: string, origin: string, ports: readonly object[]): void;
};

ipcRenderer.on('studio:port', (event) => window.postMessage('espalier-port', window.location.origin, [...event.ports]));

contextBridge.exposeInMainWorld('espalier', {
  door: 'window',
  /** Asks for a port; it arrives as a `message` event with the data `espalier-port`. */
  connect: () => ipcRenderer.send('studio:connect'),
  registerFiles: (files: readonly File[]) =>
    ipcRenderer.invoke(
      'studio:register-files',
      files.map((file) => webUtils.getPathForFile(file)),
    ),
  chooseOpen: (kind: 'file' | 'folder') => ipcRenderer.invoke('studio:choose-open', kind),
  chooseSave: (name: string) => ipcRenderer.invoke('studio:choose-save', name),
});
