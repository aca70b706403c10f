// A network's answers as one TensorFlow graph a batch size, for evaluation, prediction and latency.
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-node';
import type { LoadedModel } from '../../models/load-model.ts';
import type { Tensorflow } from '../../runtime/load-tensorflow.ts';
import { GraphDefinition } from './graph-definition.ts';
import { GraphRefused, GraphSession } from './graph-session.ts';
import { nativeBackend } from './native-binding.ts';
import { allRewrites } from './rewrites/all-rewrites.ts';
import { NotTraceable, trace } from './trace.ts';
import { READY, readOf, valueOf, variableName, writeReady, writeTrace, writeVariable } from './write-trace.ts';

/** What answers for a network: as one graph where it can be traced, else kernel by kernel. */
export interface Forward {
  /** `inputs` (N, …); the answer, (N, …), is the caller's to dispose of. */
  run(inputs: Tensor): Tensor;
  /** Takes over the weights as the model's variables have them now. */
  refresh(): void;
  dispose(): void;
}

export function openForward(tf: Tensorflow, loaded: LoadedModel): Forward {
  const eager = (inputs: Tensor) => tf.tidy(() => loaded.model.apply(inputs, { training: false }) as Tensor);
  const sessions = new Map<number, GraphSession | 'untraceable'>();
  const sessionFor = (inputs: Tensor): GraphSession | 'untraceable' => {
    const count = inputs.shape[0]!;
    const known = sessions.get(count);
    if (known !== undefined) return known;
    const made = compile(tf, loaded, inputs.shape);
    sessions.set(count, made);
    return made;
  };
  const dispose = () => {
    for (const session of sessions.values()) if (session !== 'untraceable') session.dispose();
    sessions.clear();
  };
  return {
    run(inputs) {
      const session = sessionFor(inputs);
      return session === 'untraceable' ? eager(inputs) : session.run(new Map([['inputs', inputs]]), ['answer'])[0]!;
    },
    refresh() {
      for (const session of sessions.values()) if (session !== 'untraceable') assign(tf, loaded, session);
    },
    dispose,
  };
}

function compile(tf: Tensorflow, loaded: LoadedModel, shape: readonly number[]): GraphSession | 'untraceable' {
  const backend = nativeBackend(tf);
  const native = backend.binding;
  try {
    const traced = trace(tf, loaded, shape as [number, ...number[]], ({ inputs }) => ({
      answer: tf.tidy(() => loaded.model.apply(inputs, { training: false }) as Tensor),
    }));
    const graph = new GraphDefinition(native);
    const weights = loaded.weights.map(({ name, variable }) => ({ name, shape: variable.shape }));
    writeReady(
      graph,
      native,
      weights.map(({ name, shape: sides }) => writeVariable(graph, native, variableName.weight(name), sides)),
    );
    graph.placeholder('inputs', native.TF_FLOAT, shape);
    const names = {
      prefix: 'forward/',
      inputs: 'inputs',
      labels: 'labels',
      seed: (index: number) => `seed${index}`,
      weight: (name: string) => readOf(variableName.weight(name)),
    };
    const nameOf = writeTrace(graph, native, traced, names, weights, allRewrites());
    graph.node('answer', 'Identity', [nameOf(traced.results.answer)], [graph.type('T', native.TF_FLOAT)]);
    const session = new GraphSession(backend, graph);
    assign(tf, loaded, session);
    return session;
  } catch (thrown) {
    if (thrown instanceof NotTraceable || thrown instanceof GraphRefused) return 'untraceable';
    throw thrown;
  }
}

function assign(tf: Tensorflow, { weights }: LoadedModel, session: GraphSession): void {
  const feeds = new Map<string, TensorInfo>(weights.map(({ name, variable }) => [valueOf(variableName.weight(name)), variable]));
  tf.dispose(session.run(feeds, [READY]));
}
