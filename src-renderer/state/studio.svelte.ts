// The line to the studio: takes a snapshot whenever the line is there anew, and puts the events after it in order.
import type { z } from 'zod';
import { StudioError, type Problem } from '#contract/errors.ts';
import type { StudioFacts } from '#contract/procedures.ts';
import { desktopBridge } from '../client/desktop-bridge.ts';
import type { PlacedFile } from '../client/upload-files.ts';
import { EventGate } from './event-gate.ts';
import { hearAll, type Connect, type Snapshot, type StudioEvent } from './studio-event.ts';

type Connection = Awaited<ReturnType<Connect>>;

export class Studio {
  status = $state<'connecting' | 'ready' | 'lost' | 'refused'>('connecting');
  facts = $state.raw<z.output<typeof StudioFacts> | null>(null);
  starters = $state.raw<Snapshot['starters']>([]);
  /** Why there is nothing to see, while the line is there and yet no snapshot could be had. */
  problem = $state.raw<Problem | null>(null);

  readonly #connect: Connect;
  readonly #gate: EventGate<StudioEvent>;
  readonly #snapshotListeners: ((snapshot: Snapshot) => void)[] = [];
  readonly #eventListeners: ((event: StudioEvent) => void)[] = [];
  #connection: Connection | null = null;

  constructor(connect: Connect) {
    this.#connect = connect;
    this.#gate = new EventGate((event) => {
      if (event.name === 'factsChanged') this.facts = event.data.facts;
      for (const listener of this.#eventListeners) listener(event);
    });
  }

  /** @throws StudioError `disconnected` before the first connection */
  get client(): Connection['client'] {
    return this.#line().client;
  }

  onSnapshot(listener: (snapshot: Snapshot) => void): void {
    this.#snapshotListeners.push(listener);
  }

  onEvent(listener: (event: StudioEvent) => void): void {
    this.#eventListeners.push(listener);
  }

  async start(): Promise<void> {
    const connection = await this.#connect();
    this.#connection = connection;
    hearAll(connection, (event) => this.#gate.offer(event));
    connection.onState((state) => {
      if (state === 'connected') void this.refresh();
      else this.status = state === 'refused' ? 'refused' : 'lost';
    });
    if (connection.state === 'connected') await this.refresh();
    else this.status = connection.state === 'refused' ? 'refused' : 'lost';
  }

  /** Takes everything anew. */
  async refresh(): Promise<void> {
    this.#gate.hold();
    try {
      const snapshot = await this.client.studio.snapshot({});
      this.facts = snapshot.facts;
      this.starters = snapshot.starters;
      for (const listener of this.#snapshotListeners) listener(snapshot);
      this.#gate.release(snapshot.seq);
      this.problem = null;
      this.status = 'ready';
    } catch (thrown) {
      this.problem = StudioError.from(thrown).toProblem();
      this.status = 'lost';
    }
  }

  /**
   * Brings dropped or chosen files to where the studio can read them.
   * @returns what `models.import` and `datasets.import` take: the file itself where there is one, else what stands for all of them
   */
  async upload(files: readonly PlacedFile[], onShare: (share: number) => void = () => undefined): Promise<string> {
    const { handles, folderHandle } = await this.#line().uploadFiles(files, ({ sentBytes, totalBytes }) =>
      onShare(totalBytes === 0 ? 1 : sentBytes / totalBytes),
    );
    const [only] = handles;
    const alone = handles.length === 1 && files[0]?.path.includes('/') !== true;
    if (alone && only !== undefined) return only;
    if (folderHandle !== null) return folderHandle;
    throw new StudioError('bad-input', 'Several files were given at once.', { whatToDo: 'Choose their folder instead.' });
  }

  /** In a browser tab: saves an export to the downloads. In the window the file is where it was wanted already. */
  download(jobId: string): Promise<readonly string[]> {
    return this.#line().downloadExport(jobId);
  }

  /** The window's own dialogs; undefined in a browser tab. */
  get dialogs(): Pick<NonNullable<ReturnType<typeof desktopBridge>>, 'chooseOpen' | 'chooseSave'> | undefined {
    return desktopBridge();
  }

  #line(): Connection {
    if (this.#connection === null)
      throw new StudioError('disconnected', 'The studio is not connected yet.', { whatToDo: 'Try again in a moment.' });
    return this.#connection;
  }
}
