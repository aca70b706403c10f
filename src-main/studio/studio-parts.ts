// What every part of the studio's rules works with.
import type { StudioFacts } from '#contract/procedures.ts';
import type { Store } from '#main/store/open-store.ts';
import type { EngineLimits } from '#main/supervisor/run-engine.ts';
import type { ProcessSpawner } from '#main/supervisor/spawn-process.ts';
import type { EventFeed } from './event-feed.ts';
import type { FileHandles } from './file-handles.ts';

export interface StudioParts {
  readonly store: Store;
  readonly feed: EventFeed;
  readonly handles: FileHandles;
  readonly spawn: ProcessSpawner;
  readonly threads: number;
  readonly engineLimits: Partial<EngineLimits>;
  readonly starters: readonly StarterTitle[];
  readonly log: (line: string) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly facts: LiveFacts;
}

export interface StarterTitle {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
}

export interface LiveFacts {
  readonly current: StudioFacts;
  /** Tells the listeners if anything is different. */
  setEngine(engine: StudioFacts['engine']): void;
}
