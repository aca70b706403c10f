// Writes down what an engine says on its way: curve points in batches, four times a second, the rest at once.
import type { MetricPoint, Progress } from '#contract/nouns.ts';
import type { EngineNews } from '#main/supervisor/run-engine.ts';
import type { Jobs } from './jobs.ts';
import type { StudioParts } from './studio-parts.ts';

/** Points are written at most this often, each batch in one transaction. */
const batchMs = 250;

export interface Diary {
  hear(news: EngineNews): void;
  /** Writes what is left. @throws StudioError what an earlier writing failed with: the job's figures are then not whole */
  close(): void;
}

/** `stop` is called once, when the disk refuses to write: work whose figures are lost is not gone on with. */
export function keepDiary(parts: StudioParts, jobs: Jobs, jobId: string, seconds: () => number, stop: () => void): Diary {
  let points: MetricPoint[] = [];
  let progress: Progress | null = null;
  /** Whether it is known from which step the engine goes on. */
  let placed = false;
  let failure: { readonly thrown: unknown } | undefined;
  const timer = setInterval(() => attempt(write), batchMs);

  function attempt(work: () => void): void {
    if (failure !== undefined) return;
    try {
      work();
    } catch (thrown) {
      failure = { thrown };
      stop();
    }
  }

  function write(): void {
    if (points.length === 0 && progress === null) return;
    jobs.advance(jobId, progress, points, seconds());
    points = [];
    progress = null;
  }

  function addNote(text: string): void {
    jobs.note(jobId, { notes: [...jobs.get(jobId).notes, text] });
  }

  function rewind(step: number): void {
    placed = true;
    jobs.rewind(jobId, step);
  }

  function record(news: EngineNews): void {
    switch (news.kind) {
      case 'ready':
        return parts.facts.setEngine({ state: 'ready', tensorflow: news.environment.tensorflow, why: null });
      case 'progress':
        // No word of a checkpoint before the first figures: it began at the beginning, and an earlier run's points are void.
        if (!placed && news.points.length > 0) rewind(0);
        points.push(...news.points);
        progress = news.progress;
        return;
      case 'checkpoint':
        // Points first: a curve never ends before the checkpoint that it leads to.
        write();
        jobs.note(jobId, { checkpointStep: news.step });
        return;
      case 'note':
        return addNote(news.text);
      case 'resumed':
        rewind(news.step);
        if (news.differs.length > 0) addNote(`Resumed at step ${news.step}, not bit-identical: ${news.differs.join(', ')}.`);
    }
  }

  return {
    hear: (news) => attempt(() => record(news)),
    close() {
      clearInterval(timer);
      attempt(write);
      if (failure !== undefined) throw failure.thrown;
    },
  };
}
