// What is known of this studio; the engine's part is learned from the first engine that speaks.
import type { StudioFacts } from '#contract/procedures.ts';
import type { EventFeed } from './event-feed.ts';
import type { LiveFacts } from './studio-parts.ts';

export function createLiveFacts(feed: EventFeed, start: StudioFacts): LiveFacts {
  let current = start;
  return {
    get current() {
      return current;
    },
    setEngine(engine) {
      const known = current.engine;
      if (known.state === engine.state && known.tensorflow === engine.tensorflow && known.why === engine.why) return;
      current = { ...current, engine };
      feed.tell('factsChanged', { facts: current });
    },
  };
}
