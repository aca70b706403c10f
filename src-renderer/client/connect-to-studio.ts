// One lasting connection to the studio, whichever door the page came through; a lost line is taken up again by itself.
import { StudioError } from '#contract/errors.ts';
import { events, type StudioEvents } from '#contract/events.ts';
import { procedures, type StudioProcedures } from '#contract/procedures.ts';
import { connect, type Connection } from '#rpc/connect.ts';
import type { Client, Listen } from '#rpc/contract-types.ts';
import { desktopBridge } from './desktop-bridge.ts';
import { downloadExport } from './download-export.ts';
import { openDesktopLine, openSocketLine, type OpenedLine } from './lines.ts';
import { uploadFiles, type UploadedFiles, type UploadProgress, type PlacedFile } from './upload-files.ts';

export type LineState = 'connected' | 'reconnecting' | 'refused';

export interface StudioConnection {
  /** Stays the same over reconnections. Calls while the line is down are rejected with `disconnected`. */
  readonly client: Client<StudioProcedures>;
  /** Listeners survive reconnections; events in between are lost, so take a new snapshot on each `connected`. */
  readonly on: Listen<StudioEvents>;
  readonly state: LineState;
  /** Called at each change of state. Returns the way to stop. */
  onState(listener: (state: LineState) => void): () => void;
  uploadFiles(files: readonly PlacedFile[], onProgress?: (progress: UploadProgress) => void): Promise<UploadedFiles>;
  /** Saves what an export job wrote to the browser's downloads; answers the names. In the window the export wrote to its place itself. */
  downloadExport(jobId: string): Promise<readonly string[]>;
  close(): void;
}

const firstPause = 250;
const longestPause = 5000;

/** Resolves once it is known whether the studio lets this page in: `connected` or `refused`. */
export async function connectToStudio(): Promise<StudioConnection> {
  const bridge = desktopBridge();
  const openLine = (): Promise<OpenedLine> => (bridge === undefined ? openSocketLine() : openDesktopLine(bridge));
  const stateListeners = new Set<(state: LineState) => void>();
  const eventListeners = new Map<string, Set<(data: never) => void>>();
  let current: Connection<StudioProcedures, StudioEvents> | undefined;
  let state: LineState = 'reconnecting';
  let closed = false;

  function become(next: LineState): void {
    if (state === next) return;
    state = next;
    for (const listener of stateListeners) listener(next);
  }

  /** Tries until the line is open, refused, or nobody wants it any more. */
  async function takeUp(): Promise<void> {
    for (let pause = firstPause; !closed; pause = Math.min(2 * pause, longestPause)) {
      const line = await openLine();
      if (line.kind === 'refused') return become('refused');
      if (line.kind === 'open') return use(connect(procedures, events, line.channel));
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  function use(connection: Connection<StudioProcedures, StudioEvents>): void {
    if (closed) return connection.close();
    current = connection;
    for (const name of Object.keys(events) as (keyof StudioEvents)[]) {
      connection.on(name, (data) => {
        for (const listener of eventListeners.get(name) ?? []) listener(data as never);
      });
    }
    connection.onClose(() => {
      current = undefined;
      if (closed) return;
      become('reconnecting');
      void takeUp();
    });
    become('connected');
  }

  const on: Listen<StudioEvents> = (name, listener) => {
    const set = eventListeners.get(name) ?? new Set();
    eventListeners.set(name, set.add(listener as (data: never) => void));
    return () => void set.delete(listener as (data: never) => void);
  };

  await takeUp();
  return {
    client: lastingClient(() => current?.client),
    on,
    get state() {
      return state;
    },
    onState: (listener) => {
      stateListeners.add(listener);
      return () => void stateListeners.delete(listener);
    },
    uploadFiles: (files, onProgress) => uploadFiles(files, onProgress),
    downloadExport,
    close: () => {
      closed = true;
      current?.close();
    },
  };
}

/** The client's shape, with the line looked up at each call. */
function lastingClient(line: () => Client<StudioProcedures> | undefined): Client<StudioProcedures> {
  type AnyClient = Readonly<Record<string, Readonly<Record<string, (input: unknown) => Promise<unknown>>>>>;
  const call = (group: string, name: string, input: unknown) =>
    (line() as AnyClient | undefined)?.[group]![name]!(input) ??
    Promise.reject(
      new StudioError('disconnected', 'The studio can’t be reached just now.', {
        whatToDo: 'It is tried again by itself; finished work is kept.',
      }),
    );
  return Object.fromEntries(
    Object.entries(procedures).map(([group, names]) => [
      group,
      Object.fromEntries(Object.keys(names).map((name) => [name, (input: unknown) => call(group, name, input)])),
    ]),
  ) as Client<StudioProcedures>;
}
