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
  /** `inputs`: (N, …) for each of the network's; an answer (N, …) for each of its outputs, the caller's to dispose of. */
  run(inputs: readonly Tensor[]): Tensor[];
  /** Takes over the weights as the model's variables have them now. */
  refresh(): void;
  dispose(): void;
}

export function openForward(tf: Tensorflow, loaded: LoadedModel): Forward {
  const sessions = new Map<number, GraphSession | 'untraceable'>();
  const sessionFor = (inputs: readonly Tensor[]): GraphSession | 'untraceable' => {
    const count = inputs[0]!.shape[0]!;
    const known = sessions.get(count);
    if (known !== undefined) return known;
    const made = compile(tf, loaded, inputs);
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
      if (session === 'untraceable') return answersOf(tf, loaded, inputs);
      return session.run(
        new Map(inputs.map((input, index) => [inputName(index), input])),
        loaded.model.outputs.map((_, index) => answerName(index)),
      );
    },
    refresh() {
      for (const session of sessions.values()) if (session !== 'untraceable') assign(tf, loaded, session);
    },
    dispose,
  };
}

const inputName = (index: number) => `input${index}`;
const answerName = (index: number) => `answer${index}`;

/** Kernel by kernel. */
function answersOf(tf: Tensorflow, { model }: LoadedModel, inputs: readonly Tensor[]): Tensor[] {
  return tf.tidy(() => {
    const answer = model.apply(inputs.length === 1 ? inputs[0]! : [...inputs], { training: false });
    return (Array.isArray(answer) ? answer : [answer]) as Tensor[];
  });
}

function compile(tf: Tensorflow, loaded: LoadedModel, given: readonly Tensor[]): GraphSession | 'untraceable' {
  const backend = nativeBackend(tf);
  const native = backend.binding;
  try {
    const samples = given.map(({ shape }) => shape.slice(1));
    const traced = trace(tf, loaded, { count: given[0]!.shape[0]!, samples }, ({ inputs }) =>
      Object.fromEntries(answersOf(tf, loaded, inputs).map((answer, index) => [answerName(index), answer])),
    );
    const graph = new GraphDefinition(native);
    const weights = loaded.weights.map(({ name, variable }) => ({ name, shape: variable.shape }));
    writeReady(
      graph,
      native,
      weights.map(({ name, shape: sides }) => writeVariable(graph, native, variableName.weight(name), sides)),
    );
    given.forEach(({ shape }, index) => graph.placeholder(inputName(index), native.TF_FLOAT, shape));
    const names = {
      prefix: 'forward/',
      input: inputName,
      labels: 'labels',
      seed: (index: number) => `seed${index}`,
      weight: (name: string) => readOf(variableName.weight(name)),
    };
    const nameOf = writeTrace(graph, native, traced, names, weights, allRewrites());
    for (const [name, answer] of Object.entries(traced.results))
      graph.node(name, 'Identity', [nameOf(answer)], [graph.type('T', native.TF_FLOAT)]);
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
