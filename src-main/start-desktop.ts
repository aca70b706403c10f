// The Electron entry: one instance, the studio composed with utility processes, one window.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { app, type BrowserWindow, dialog, screen, session, shell } from 'electron';
import { describeProblem, StudioError } from '#contract/errors.ts';
import { composeStudio } from './compose-studio.ts';
import { answerPage } from './desktop/answer-page.ts';
import { registerAppScheme, serveApp } from './desktop/app-protocol.ts';
import { guardedIpc } from './desktop/guarded-ipc.ts';
import { setApplicationMenu } from './desktop/menu.ts';
import { utilitySpawner } from './desktop/spawn-utility-process.ts';
import { denyPermissions, openStudioWindow } from './desktop/studio-window.ts';
import { windowState } from './desktop/window-state.ts';
import { admitPageCall } from './studio/admit-page-call.ts';
import { resolveHome } from './studio/home.ts';

// This file runs as dist/main/start-desktop.js; inside a package, what is no JavaScript of main's lies beside the asar.
const built = import.meta.dirname;
const unpacked = built.replace(/app\.asar(?=[/\\])/, 'app.asar.unpacked');
const windows = new Set<BrowserWindow>();

app.enableSandbox();
registerAppScheme();
if (app.requestSingleInstanceLock()) void app.whenReady().then(start).catch(giveUp);
else app.quit();

async function start(): Promise<void> {
  const home = resolveHome(undefined);
  const studio = await composeStudio({
    home,
    door: 'window',
    spawner: utilitySpawner({ engine: join(unpacked, 'engine.js'), importer: join(unpacked, 'importer.js') }),
  });
  serveApp(session.defaultSession, resolve(built, '../page'));
  denyPermissions(session.defaultSession);
  setApplicationMenu(() => void shell.openPath(home));
  answerPage(guardedIpc(windows), {
    serve: (channel) => studio.rpc.serve(channel, admitPageCall),
    registerPath: (path) => studio.handles.register(path),
  });
  openWindow();
  app.on('second-instance', focusWindow);
  app.on('activate', () => {
    if (windows.size === 0) openWindow();
  });
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  closeBeforeQuitting(() => studio.close());
}

function openWindow(): void {
  const isVisible = (bounds: Electron.Rectangle) => {
    const { x, y, width, height } = screen.getDisplayMatching(bounds).workArea;
    return bounds.x < x + width && bounds.x + bounds.width > x && bounds.y >= y && bounds.y < y + height;
  };
  const icon = join(built, 'icon.png');
  const window = openStudioWindow(
    join(built, 'preload.cjs'),
    windowState(join(app.getPath('userData'), 'window-state.json'), isVisible),
    existsSync(icon) ? icon : undefined,
  );
  windows.add(window);
  window.on('closed', () => windows.delete(window));
}

function focusWindow(): void {
  const [window] = windows;
  if (window === undefined) return openWindow();
  if (window.isMinimized()) window.restore();
  window.focus();
}

/** Running jobs write a checkpoint before the app goes; they go on at the next start. */
function closeBeforeQuitting(close: () => Promise<void>): void {
  let closed = false;
  app.on('will-quit', (event) => {
    if (closed) return;
    event.preventDefault();
    void close().finally(() => {
      closed = true;
      app.quit();
    });
  });
}

function giveUp(thrown: unknown): void {
  dialog.showErrorBox("Espalier can't start", describeProblem(StudioError.from(thrown).toProblem()));
  app.exit(1);
}
