// A computation on one batch recorded as data: kernels, constants, the seeds of random draws, and where each result comes from.
import type { Tensor } from '@tensorflow/tfjs-node';
import type { LoadedModel } from '../../models/load-model.ts';
import { registerRandomLayers } from '../../models/random-layers.ts';
import type { Tensorflow } from '../../runtime/load-tensorflow.ts';
import { nativeBackend, nativeId, type NativeAttribute, type NativeBackend } from './native-binding.ts';
import { recordOps, type RecordedConstant } from './record-ops.ts';
import { traceAt } from './scale-trace.ts';

/** Where a kernel's input comes from. */
export type Source =
  | { readonly from: 'op'; readonly op: number; readonly output: number }
  | { readonly from: 'weight'; readonly name: string }
  | { readonly from: 'constant'; readonly constant: number }
  | { readonly from: 'input'; readonly input: number }
  | { readonly from: 'labels' }
  /** The two seed words of one random draw: `(seed ^ layer, step · 256 + draw)`. */
  | { readonly from: 'seed'; readonly seed: number };

export interface TracedOp {
  readonly name: string;
  readonly attributes: readonly NativeAttribute[];
  readonly inputs: readonly Source[];
  readonly outputs: readonly { readonly dtype: number; readonly shape: readonly number[] }[];
}

/** `words`: as drawn at step 0. */
export interface TracedSeed {
  readonly words: readonly [number, number];
}

export interface Trace {
  readonly ops: readonly TracedOp[];
  readonly constants: readonly RecordedConstant[];
  readonly seeds: readonly TracedSeed[];
  /** New values of weights that the computation itself writes: batch-norm's moving statistics. */
  readonly statistics: ReadonlyMap<string, Source>;
  /** What the computation is for: its results, and the statistics. */
  readonly wanted: readonly Source[];
}

export interface Feeds {
  /** One for each of the network's inputs, (count, …). */
  readonly inputs: readonly Tensor[];
  readonly labels: Tensor;
}

/** Why a computation can't be run as one graph; the words follow "because". */
export class NotTraceable extends Error {}

/** Few, so that recording costs little; more than one, which some kernels treat on its own; powers of two, so that shares of them are exact. */
const FEW = [2, 4, 8];

/**
 * Runs `compute` on a few samples, thrice, on different numbers and at different steps, and answers with what it does on `count` of them. `samples`: the
 * shape of each input without the batch axis.
 * Where that can't be told (see `traceAt`) it runs on all of them. What differs with the numbers, other than the seeds of random layers, was made in
 * JavaScript from the data and would be frozen in the graph. `results` names what `compute` gave; its tensors are disposed of.
 * `targets`: numbers that are wanted of each sample; 0 where labels are classes. @throws NotTraceable
 */
export function trace<T extends Readonly<Record<string, Tensor>>>(
  tf: Tensorflow,
  loaded: Pick<LoadedModel, 'weights'>,
  { count, samples }: { readonly count: number; readonly samples: readonly (readonly number[])[] },
  compute: (feeds: Feeds) => T,
  { targets = 0, few = FEW }: { readonly targets?: number | undefined; readonly few?: readonly number[] | undefined } = {},
): Trace & { readonly results: Readonly<Record<keyof T, Source>> } {
  const from = (counts: readonly number[]) =>
    traceAt(
      counts.map((size, step) => ({
        count: size,
        trace: traceOnce(
          tf,
          loaded,
          samples.map((sample) => [size, ...sample]),
          compute,
          { count: size, value: 0.25 + step / 2, step, targets },
        ),
      })),
      count,
    );
  if (count > few.at(-1)!) {
    try {
      return from(few);
    } catch (thrown) {
      if (!(thrown instanceof NotTraceable)) throw thrown;
    }
  }
  return from([count, count]);
}

function traceOnce<T extends Readonly<Record<string, Tensor>>>(
  tf: Tensorflow,
  loaded: Pick<LoadedModel, 'weights'>,
  shapes: readonly (readonly number[])[],
  compute: (feeds: Feeds) => T,
  { count, value, step, targets }: { count: number; value: number; step: number; targets: number },
): Trace & { results: Record<keyof T, Source> } {
  const backend = nativeBackend(tf);
  const inputs = shapes.map((shape) => tf.fill([...shape], value));
  const labels = targets === 0 ? tf.zeros([count], 'int32') : tf.zeros([count, targets], 'float32');
  const kept = loaded.weights
    .filter(({ trainable }) => !trainable)
    .map(({ variable }) => ({ variable, before: tf.clone(variable) as Tensor }));
  const known = new Map<number, Source>([
    ...inputs.map((each, input) => [nativeId(backend, each), { from: 'input', input }] as const),
    [nativeId(backend, labels), { from: 'labels' }],
  ]);
  for (const { name, variable } of loaded.weights) known.set(nativeId(backend, variable), { from: 'weight', name });
  const idsBefore = new Map(loaded.weights.map(({ name, variable }) => [name, nativeId(backend, variable)]));
  Object.assign(registerRandomLayers(tf), { seed: 0, step, drawn: 0 });
  const { result, recording } = recordOps(backend, () => compute({ inputs, labels }));
  try {
    const constants: RecordedConstant[] = [];
    const seeds: TracedSeed[] = [];
    const source = (id: number, seed: boolean): Source => {
      const there = known.get(id);
      if (there !== undefined) return there;
      const constant = recording.constants.get(id) ?? madeBefore(backend, id);
      const made: Source = seed
        ? { from: 'seed', seed: seeds.push({ words: seedWords(constant.values) }) - 1 }
        : { from: 'constant', constant: constants.push(constant) - 1 };
      known.set(id, made);
      return made;
    };
    const ops = recording.ops.map(({ name, attributes: given, inputs: ids, outputs }, op): TracedOp => {
      const attributes = name === 'ExpandDims' && given.length === 0 ? expandDimsTypes(backend, outputs[0]!.dtype) : given;
      const traced = { name, attributes, inputs: ids.map((id, at) => source(id, at === 1 && name.startsWith('StatelessRandom'))), outputs };
      outputs.forEach(({ id }, output) => known.set(id, { from: 'op', op, output }));
      return traced;
    });
    const of = (tensor: Tensor) => source(nativeId(backend, tensor), false);
    const written = loaded.weights.filter(({ name, variable }) => nativeId(backend, variable) !== idsBefore.get(name));
    const statistics = new Map(written.map(({ name, variable }) => [name, of(variable)]));
    const results = Object.fromEntries(Object.entries(result).map(([name, tensor]) => [name, of(tensor)])) as Record<keyof T, Source>;
    return { ops, constants, seeds, statistics, results, wanted: [...Object.values<Source>(results), ...statistics.values()] };
  } finally {
    for (const { variable, before } of kept) {
      variable.assign(before);
      before.dispose();
    }
    tf.dispose([...inputs, labels, ...Object.values(result)]);
    recording.release();
  }
}

/** A tensor from before the recording that is no weight: tfjs keeps some constants. */
function madeBefore({ binding }: NativeBackend, id: number): RecordedConstant {
  const values = binding.tensorDataSync(id);
  return {
    shape: values.byteLength === 4 ? [] : [values.byteLength / 4],
    dtype: values instanceof Int32Array ? binding.TF_INT32 : binding.TF_FLOAT,
    values,
  };
}

/** tfjs-node leaves these to be inferred, which only the eager runtime does. */
function expandDimsTypes({ binding }: NativeBackend, dtype: number): NativeAttribute[] {
  return [
    { name: 'T', type: binding.TF_ATTR_TYPE!, value: dtype },
    { name: 'Tdim', type: binding.TF_ATTR_TYPE!, value: binding.TF_INT32 },
  ];
}

function seedWords(values: ArrayBufferView): [number, number] {
  if (!(values instanceof Int32Array) || values.length !== 2) throw new NotTraceable('a random layer is seeded in a way that is not known');
  return [values[0]!, values[1]!];
}
