// What the commands ask of the rest of Espalier. start-command.ts supplies it, loading each part only when it is first used.
import type { ComparisonRow } from '#contract/comparison.ts';
import type { EngineResult, EngineTask, FromEngine } from '#contract/engine-messages.ts';
import type { events } from '#contract/events.ts';
import type { ImporterResult, ImporterTask } from '#contract/importer-messages.ts';
import type { procedures } from '#contract/procedures.ts';
import type { Client, Listen } from '#rpc/contract-types.ts';

export type StudioClient = Client<typeof procedures>;

export interface OpenStudio {
  readonly client: StudioClient;
  readonly on: Listen<typeof events>;
  /** `own`: this process holds the home; `attached`: another one does, and answers. */
  readonly mode: 'own' | 'attached';
  close(): Promise<void>;
}

export interface ServedStudio {
  /** With its token. */
  readonly url: string;
  close(): Promise<void>;
}

/** One engine process at work. */
export interface EngineRun {
  readonly result: Promise<EngineResult>;
  cancel(): void;
}

export interface ReportInput {
  readonly title: string;
  readonly variants: readonly ComparisonRow[];
  readonly baselineIndex: number;
}

export interface Parts {
  readonly version: string;
  /** One importer process, one answer; `tell` hears the share done, an abort ends it. @throws StudioError */
  runImporter<T extends ImporterTask>(
    task: T,
    watch?: { readonly tell?: (share: number) => void; readonly signal?: AbortSignal },
  ): Promise<Extract<ImporterResult, { kind: AnswerKind<T['kind']> }>>;
  /** One engine process in `workspace`. `result` rejects with a StudioError, `cancelled` after `cancel()`. */
  runEngine(task: EngineTask, workspace: string, hear: (message: FromEngine) => void): EngineRun;
  /** `home` undefined: ESPALIER_HOME, else the application-data folder. */
  openStudio(home: string | undefined): Promise<OpenStudio>;
  /** Makes sure that the engine's native TensorFlow is there; `report` gets a line for each step of building it. */
  ensureEngine(report: (line: string) => void): Promise<void>;
  serve(options: { home: string | undefined; port: number | undefined }): Promise<ServedStudio>;
  /** Builds the page and the report where this is a source tree and they are older than it. */
  ensurePage(report: (line: string) => void): Promise<void>;
  /** One self-contained HTML page; the others are compared with the variant at `baselineIndex`. After `ensurePage`. */
  renderReport(input: ReportInput): Promise<string>;
}

type AnswerKind<K extends ImporterTask['kind']> = K extends 'model' | 'starter' ? 'model' : K;
