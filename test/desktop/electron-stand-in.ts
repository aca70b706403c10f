// A stand-in for the `electron` module: windows are pages of a real Chromium, utility processes are forks, the rest records what it was told.
// It says nothing about Electron itself; it runs our built main and preload, whole, where no Electron binary is to be had. Long because it takes the place
// of one module, whose parts know each other.
import { fork, type ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';

const APP = 'app://studio',
  WEB = 'http://studio.localhost';

interface PreloadGlobals {
  __heard: Record<string, ((event: { ports: MessagePort[] }, value: unknown) => void)[]>;
  __ports: Record<number, MessagePort>;
}

/** Everything that a test may look at or set. */
export const standIn = {
  context: undefined as BrowserContext | undefined,
  userData: '',
  windows: [] as BrowserWindow[],
  privileged: [] as unknown[],
  dialogs: { open: [] as string[], save: '' },
  menus: [] as unknown[],
  errors: [] as string[],
  forks: [] as ChildProcess[],
};

class App extends EventEmitter {
  enableSandbox(): void {}
  requestSingleInstanceLock(): boolean {
    return true;
  }
  whenReady(): Promise<void> {
    return Promise.resolve();
  }
  getPath(): string {
    return standIn.userData;
  }
  quit(): void {
    const event = {
      defaultPrevented: false,
      preventDefault() {
        this.defaultPrevented = true;
      },
    };
    this.emit('will-quit', event);
    if (!event.defaultPrevented) this.emit('gone');
  }
  exit(): void {
    this.emit('gone');
  }
}
export const app = new App();

type Handler = (request: Request) => Response | Promise<Response>;
class StandInSession {
  handler: Handler | undefined;
  permissionRequest: ((contents: unknown, permission: string, answer: (allowed: boolean) => void) => void) | undefined;
  permissionCheck: ((contents: unknown, permission: string) => boolean) | undefined;
  beforeRequest: ((details: { url: string }, answer: (verdict: { cancel: boolean }) => void) => void) | undefined;
  readonly protocol = {
    handle: (_scheme: string, handler: Handler) => {
      this.handler = handler;
    },
  };
  readonly webRequest = {
    onBeforeRequest: (listener: NonNullable<StandInSession['beforeRequest']>) => {
      this.beforeRequest = listener;
    },
  };
  setPermissionRequestHandler(handler: NonNullable<StandInSession['permissionRequest']>): void {
    this.permissionRequest = handler;
  }
  setPermissionCheckHandler(handler: NonNullable<StandInSession['permissionCheck']>): void {
    this.permissionCheck = handler;
  }
  setDevicePermissionHandler(): void {}
}
export const session = { defaultSession: new StandInSession() };
export const protocol = { registerSchemesAsPrivileged: (schemes: unknown[]) => void standIn.privileged.push(...schemes) };

class WebContents extends EventEmitter {
  openHandler: ((details: { url: string }) => { action: string }) | undefined;
  setWindowOpenHandler(handler: NonNullable<WebContents['openHandler']>): void {
    this.openHandler = handler;
  }
}

export class BrowserWindow extends EventEmitter {
  readonly webContents = new WebContents();
  readonly options: { webPreferences: Record<string, unknown> & { preload: string } };
  page: Page | undefined;
  constructor(options: BrowserWindow['options']) {
    super();
    this.options = options;
    standIn.windows.push(this);
  }
  static fromWebContents(contents: unknown): BrowserWindow | null {
    return standIn.windows.find((window) => window.webContents === contents) ?? null;
  }
  isDestroyed(): boolean {
    return false;
  }
  isMinimized(): boolean {
    return false;
  }
  isMaximized(): boolean {
    return false;
  }
  maximize(): void {}
  restore(): void {}
  focus(): void {}
  show(): void {}
  getNormalBounds() {
    return { x: 10, y: 20, width: 1280, height: 800 };
  }

  async loadURL(url: string): Promise<void> {
    const page = await standIn.context!.newPage();
    page.on('pageerror', (error) => standIn.errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') standIn.errors.push(message.text());
    });
    await page.route('**/*', async (route) => {
      const asked = route.request().url();
      const real = asked.replace(WEB, APP);
      let cancel = false;
      session.defaultSession.beforeRequest?.({ url: real }, (verdict) => {
        cancel = verdict.cancel;
      });
      if (cancel || !real.startsWith(APP)) return route.abort();
      const answer = await session.defaultSession.handler!(new Request(real, { method: route.request().method() }));
      await route.fulfill({
        status: answer.status,
        headers: Object.fromEntries(answer.headers),
        body: Buffer.from(await answer.arrayBuffer()),
      });
    });
    await page.exposeFunction('__invoke', (channel: string, argument: unknown) => ipcMain.invoke(channel, this.#event(page), argument));
    await page.exposeFunction('__send', (channel: string) => void ipcMain.emit(channel, this.#event(page)));
    await page.exposeFunction('__fromPage', (port: number, message: unknown) => void MessageChannelMain.ports.get(port)?.hear(message));
    await page.addInitScript(preloadScript(this.options.webPreferences.preload));
    this.page = page;
    await page.goto(url.replace(APP, WEB));
    this.emit('ready-to-show');
  }

  #event(page: Page) {
    const senderFrame = {
      url: page.url().replace(WEB, APP),
      parent: null,
      postMessage: (channel: string, value: unknown, ports: { id: number }[]) => {
        for (const port of ports)
          MessageChannelMain.deliver.set(
            port.id,
            (message) =>
              void page
                .evaluate(
                  ([id, data]) => (globalThis as unknown as PreloadGlobals).__ports[id as number]?.postMessage(data),
                  [port.id, message],
                )
                .catch(() => undefined),
          );
        void page.evaluate(
          ([name, data, ids]) => {
            const globals = globalThis as unknown as PreloadGlobals & { __fromPage(id: number, message: unknown): void };
            const opened = (ids as number[]).map((id) => {
              const { port1, port2 } = new MessageChannel();
              port1.onmessage = ({ data: message }) => globals.__fromPage(id, message);
              globals.__ports[id] = port1;
              return port2;
            });
            for (const listener of globals.__heard[name as string] ?? []) listener({ ports: opened }, data);
          },
          [channel, value, ports.map(({ id }) => id)],
        );
      },
    };
    return { sender: this.webContents, senderFrame };
  }
}

/** The preload as the page runs it: CommonJS, with only what a sandboxed preload may require. */
function preloadScript(file: string): string {
  return `(() => {
    globalThis.__heard = {}; globalThis.__ports = {};
    const electron = {
      contextBridge: { exposeInMainWorld: (name, api) => Object.defineProperty(window, name, { value: Object.freeze(api) }) },
      ipcRenderer: {
        on: (channel, listener) => (globalThis.__heard[channel] ??= []).push(listener),
        send: (channel) => void globalThis.__send(channel),
        invoke: (channel, argument) => globalThis.__invoke(channel, argument),
      },
      webUtils: { getPathForFile: (file) => '/dropped/' + file.name },
    };
    const module = { exports: {} }, require = (name) => { if (name !== 'electron') throw new Error(name); return electron; };
    ((module, exports, require) => { ${readFileSync(file, 'utf8')} \n})(module, module.exports, require);
  })()`;
}

class IpcMain extends EventEmitter {
  readonly handlers = new Map<string, (event: unknown, argument: unknown) => Promise<unknown>>();
  handle(channel: string, handler: (event: unknown, argument: unknown) => Promise<unknown>): void {
    this.handlers.set(channel, handler);
  }
  async invoke(channel: string, event: unknown, argument: unknown): Promise<unknown> {
    return this.handlers.get(channel)!(event, argument);
  }
}
export const ipcMain = new IpcMain();

class Port extends EventEmitter {
  readonly id: number;
  constructor(id: number) {
    super();
    this.id = id;
  }
  start(): void {}
  hear(message: unknown): void {
    this.emit('message', { data: message });
  }
  postMessage(message: unknown): void {
    MessageChannelMain.deliver.get(this.id)?.(message);
  }
  close(): void {
    this.emit('close');
  }
}
/** port1 stays in main; port2 is only a number that the page's real port answers to. */
export class MessageChannelMain {
  static readonly ports = new Map<number, Port>();
  static readonly deliver = new Map<number, (message: unknown) => void>();
  static #last = 0;
  readonly port1: Port;
  readonly port2: { id: number };
  constructor() {
    const id = ++MessageChannelMain.#last;
    this.port1 = new Port(id);
    this.port2 = { id };
    MessageChannelMain.ports.set(id, this.port1);
  }
}

export const utilityProcess = {
  fork(file: string, args: string[], options: { env: NodeJS.ProcessEnv; execArgv: string[] }) {
    const shim = pathToFileURL(join(import.meta.dirname, 'parent-port-shim.ts')).href;
    const child = fork(file, args, {
      env: options.env,
      execArgv: [...options.execArgv, '--import', shim],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      serialization: 'advanced',
    });
    standIn.forks.push(child);
    return Object.assign(child, { postMessage: (message: unknown) => child.send(message as object) });
  },
};

export const dialog = {
  showOpenDialog: () => Promise.resolve({ canceled: standIn.dialogs.open.length === 0, filePaths: standIn.dialogs.open }),
  showSaveDialog: () => Promise.resolve({ canceled: standIn.dialogs.save === '', filePath: standIn.dialogs.save }),
  showErrorBox: (title: string, text: string) => void standIn.errors.push(`${title}: ${text}`),
};
export const Menu = {
  buildFromTemplate: (template: unknown) => template,
  setApplicationMenu: (menu: unknown) => void standIn.menus.push(menu),
};
export const screen = { getDisplayMatching: () => ({ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }) };
export const shell = { openPath: () => Promise.resolve('') };
