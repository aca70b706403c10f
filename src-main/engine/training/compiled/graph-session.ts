// A graph loaded into a TensorFlow session of its own: fed by name, fetched by name, freed when done.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-node';
import type { GraphDefinition } from './graph-definition.ts';
import { nativeId, type NativeBackend } from './native-binding.ts';

/** TensorFlow would not load the graph; the message is its own. */
export class GraphRefused extends Error {}

export class GraphSession {
  readonly #backend: NativeBackend;
  readonly #session: number;

  constructor(backend: NativeBackend, graph: GraphDefinition) {
    this.#backend = backend;
    const folder = mkdtempSync(join(tmpdir(), 'espalier-graph-'));
    try {
      writeFileSync(join(folder, 'saved_model.pb'), graph.serialise());
      this.#session = load(backend, folder + sep);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** Results are the caller's to dispose of. */
  run(feeds: ReadonlyMap<string, TensorInfo>, fetches: readonly string[]): Tensor[] {
    const ids = [...feeds.values()].map((tensor) => nativeId(this.#backend, tensor));
    return this.#backend.binding
      .runSavedModel(this.#session, ids, [...feeds.keys()].join(','), fetches.join(','))
      .map((output) => this.#backend.createOutputTensor(output) as Tensor);
  }

  dispose(): void {
    this.#backend.binding.deleteSavedModel(this.#session);
  }
}

function load({ binding }: NativeBackend, folder: string): number {
  try {
    return binding.loadSavedModel(folder, 'serve');
  } catch (thrown) {
    throw new GraphRefused(thrown instanceof Error ? thrown.message : String(thrown), { cause: thrown });
  }
}
