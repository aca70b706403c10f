// The studio's window: sandboxed, isolated, unable to navigate, open windows, or be granted anything.
import { BrowserWindow, type Session } from 'electron';
import { PAGE_ORIGIN } from './app-protocol.ts';
import type { WindowState } from './window-state.ts';

export function openStudioWindow(preload: string, state: WindowState, icon: string | undefined): BrowserWindow {
  const { maximised, ...bounds } = state.read();
  const window = new BrowserWindow({
    ...bounds,
    minWidth: 400,
    minHeight: 300,
    show: false,
    title: 'Espalier',
    backgroundColor: '#16181d',
    ...(icon === undefined ? {} : { icon }),
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      devTools: process.env['NODE_ENV'] === 'development',
      spellcheck: false,
    },
  });
  if (maximised) window.maximize();
  window.once('ready-to-show', () => window.show());
  state.follow(window);
  forbidLeaving(window);
  void window.loadURL(`${PAGE_ORIGIN}/`);
  return window;
}

function forbidLeaving({ webContents }: BrowserWindow): void {
  webContents.on('will-navigate', (event) => event.preventDefault());
  webContents.on('will-redirect', (event) => event.preventDefault());
  webContents.on('will-attach-webview', (event) => event.preventDefault());
  webContents.setWindowOpenHandler(() => ({ action: 'deny' }));
}

/** The page needs no permission of the browser's list but writing text to the clipboard. */
export function denyPermissions(session: Session): void {
  const allowed = 'clipboard-sanitized-write';
  session.setPermissionRequestHandler((_contents, permission, answer) => answer(permission === allowed));
  session.setPermissionCheckHandler((_contents, permission) => permission === allowed);
  session.setDevicePermissionHandler(() => false);
  // Chromium's own services would be the only ones to speak to the network.
  session.webRequest.onBeforeRequest((details, answer) => answer({ cancel: !/^(app|blob|data|devtools):/.test(details.url) }));
}
