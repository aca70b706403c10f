// Builds a studio from its parts, the only file that knows every folder; and finds the one that already has the home.
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { StudioError } from '#contract/errors.ts';
import { events, type StudioEvents } from '#contract/events.ts';
import { procedures, type StudioFacts, type StudioProcedures } from '#contract/procedures.ts';
import { espalierVersion } from '#network/espalier-version.ts';
import { starters } from '#network/starters.ts';
import { memoryPair } from '#rpc/channel-memory.ts';
import type { Client, Listen } from '#rpc/contract-types.ts';
import { connect } from '#rpc/connect.ts';
import { createServer, type RpcServer } from '#rpc/serve.ts';
import { openStore } from './store/open-store.ts';
import { backUpWhileWorking } from './studio/back-up-while-working.ts';
import { listenForClients, reachHolder } from './studio/control-socket.ts';
import { createStudioRules } from './studio/create-handlers.ts';
import { createEventFeed } from './studio/event-feed.ts';
import { createFileHandles, type FileHandles } from './studio/file-handles.ts';
import { resolveHome } from './studio/home.ts';
import { createLiveFacts } from './studio/live-facts.ts';
import type { EngineLimits } from './supervisor/run-engine.ts';
import { forkSpawner, type ProcessSpawner } from './supervisor/spawn-process.ts';

export interface StudioOptions {
  /** Left out: ESPALIER_HOME, else the application-data folder. */
  readonly home?: string | undefined;
  readonly door: StudioFacts['door'];
  /** Left out: Node's `fork` of engine/main.ts and importer/main.ts. */
  readonly spawner?: ProcessSpawner;
  /** Of the engine; all cores if left out. */
  readonly threads?: number;
  readonly engineLimits?: Partial<EngineLimits>;
  /** Lines for a log; nothing is written if left out. */
  readonly log?: (line: string) => void;
}

export interface Studio {
  readonly rpc: RpcServer<StudioEvents>;
  readonly handles: FileHandles;
  readonly facts: StudioFacts;
  /** The home's real path. */
  readonly home: string;
  /** What had to be repaired at the start, in sentences for the user. */
  readonly recovered: readonly string[];
  /** Pauses the running job at a checkpoint, or leaves it resumable after `graceMs`; then lets go of the home. */
  close(graceMs?: number): Promise<void>;
}

/** Takes the home for itself. @throws StudioError home-in-use, unsupported (a newer home), disk-full, disk-error */
export async function composeStudio(options: StudioOptions): Promise<Studio> {
  const log = options.log ?? (() => undefined);
  const threads = options.threads ?? availableParallelism();
  const store = await openStore(resolveHome(options.home));
  try {
    const feed = createEventFeed();
    const handles = createFileHandles();
    const facts = createLiveFacts(feed, {
      version: espalierVersion(),
      home: store.home,
      door: options.door,
      threads,
      engine: { state: 'unknown', tensorflow: null, why: null },
    });
    const rules = createStudioRules({
      store,
      feed,
      handles,
      facts,
      threads,
      log,
      starters,
      spawn: options.spawner ?? nodeSpawner(),
      engineLimits: options.engineLimits ?? {},
      now: Date.now,
    });
    const rpc = createServer(procedures, events, rules.handlers);
    feed.attach(rpc.announce);
    const control = await listenForClients(store.home, (channel) => rpc.serve(channel));
    const backups = backUpWhileWorking(store, log);
    for (const sentence of store.recovered) log(sentence);
    return {
      rpc,
      handles,
      home: store.home,
      recovered: store.recovered,
      get facts() {
        return facts.current;
      },
      async close(graceMs) {
        await control.close();
        await rules.close(graceMs);
        await backups.stop();
        store.close();
      },
    };
  } catch (error) {
    store.close();
    throw error;
  }
}

export interface OpenStudio {
  readonly client: Client<StudioProcedures>;
  readonly on: Listen<StudioEvents>;
  /** `attached`: another process holds the home and answers; paths must be complete, for its folder is another. */
  readonly mode: 'own' | 'attached';
  /** Own: as a studio's. Attached: only hangs up. */
  close(graceMs?: number): Promise<void>;
}

/** The home's studio: a new one, or the one that has the home already. @throws StudioError as composeStudio */
export async function openStudio(options: StudioOptions): Promise<OpenStudio> {
  const home = resolveHome(options.home);
  // A holder that is just starting or just ending can't be reached for a moment; 5 s is far longer than either takes.
  for (let tries = 0; ; tries += 1) {
    try {
      const studio = await composeStudio({ ...options, home });
      const [near, far] = memoryPair();
      studio.rpc.serve(far);
      const { client, on } = connect(procedures, events, near);
      return { client, on, mode: 'own', close: (graceMs) => studio.close(graceMs) };
    } catch (error) {
      if (StudioError.from(error).code !== 'home-in-use') throw error;
      const channel = await reachHolder(home);
      if (channel !== undefined) {
        const { client, on, close } = connect(procedures, events, channel);
        return { client, on, mode: 'attached', close: () => Promise.resolve(close()) };
      }
      if (tries >= 50) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** The processes as plain Node starts them, from this source tree. */
export function nodeSpawner(): ProcessSpawner {
  const entry = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
  return forkSpawner({ engine: entry('./engine/main.ts'), importer: entry('./importer/main.ts') });
}

/** From the nearest package.json above, in the source tree and in a package alike. */
