// What is in a checkpoint: weights, optimizer slots, masks, the state of the loop, and what the bits depend on.
import { z } from 'zod';
import { StudioError } from '#contract/errors.ts';
import type { JsonObject, ModelArtifact, NamedTensor, Topology } from '#network/model-artifact.ts';
import type { TensorFile } from '#formats/tensor-file/read-tensor-file.ts';
import type { TensorFileContent } from '#formats/tensor-file/write-tensor-file.ts';
import type { Environment } from '../runtime/load-tensorflow.ts';
import { LoopState } from './loop-state.ts';
import type { Masks } from './training-step.ts';

export interface Checkpoint {
  /** The order as JSON: a checkpoint of another order is never taken up. */
  readonly order: string;
  readonly state: LoopState;
  /** The network as it is now; compaction may have changed its topology. */
  readonly artifact: ModelArtifact;
  readonly slots: readonly NamedTensor[];
  /** The weights of the best epoch so far, where they are kept. */
  readonly best: readonly NamedTensor[];
  readonly masks: Masks;
  readonly environment: Environment;
  /** How the step was run, `eager` or `compiled`: they differ in their last bits. */
  readonly step: string;
  /** What the task itself has to remember. */
  readonly task: unknown;
}

const Content = z.object({
  order: z.string(),
  state: LoopState,
  topology: z.custom<Topology>((value) => typeof value === 'object' && value !== null),
  metadata: z.custom<JsonObject>((value) => typeof value === 'object' && value !== null),
  environment: z.object({
    tensorflow: z.string(),
    threads: z.int(),
    oneDnn: z.boolean(),
    kernels: z.boolean().default(false),
    host: z.string(),
  }),
  step: z.string(),
  task: z.unknown(),
});

export function toFile({ artifact, slots, best, masks, ...rest }: Checkpoint): TensorFileContent {
  const prefixed = (prefix: string, tensors: readonly NamedTensor[]) =>
    tensors.map((tensor) => ({ ...tensor, name: `${prefix}:${tensor.name}` }));
  const maskTensors = [...masks].map(([name, data]): NamedTensor => ({ name, dtype: 'uint8', shape: [data.length], data }));
  return {
    kind: 'checkpoint',
    content: { ...rest, topology: artifact.topology, metadata: artifact.metadata },
    tensors: [
      ...prefixed('weight', artifact.weights),
      ...prefixed('slot', slots),
      ...prefixed('best', best),
      ...prefixed('mask', maskTensors),
    ],
  };
}

/** @throws StudioError `damaged-file` */
export function fromFile({ content, tensors }: TensorFile): Checkpoint {
  const read = Content.safeParse(content);
  if (!read.success) throw new StudioError('damaged-file', "The checkpoint's description is incomplete.");
  const { topology, metadata, ...rest } = read.data;
  const of = (prefix: string) =>
    tensors
      .filter(({ name }) => name.startsWith(`${prefix}:`))
      .map((tensor) => ({ ...tensor, name: tensor.name.slice(prefix.length + 1) }));
  const masks = new Map(of('mask').flatMap(({ name, data }) => (data instanceof Uint8Array ? [[name, data] as const] : [])));
  return { ...rest, artifact: { topology, metadata, weights: of('weight') }, slots: of('slot'), best: of('best'), masks };
}

/** In words, what makes a resumed run end with other bits than one that was never stopped. */
export function differences({ environment: a }: Pick<Checkpoint, 'environment'>, b: Environment): string[] {
  return [
    ...(a.threads === b.threads ? [] : [`${b.threads} threads after ${a.threads}`]),
    ...(a.tensorflow === b.tensorflow ? [] : [`TensorFlow ${b.tensorflow} after ${a.tensorflow}`]),
    ...(a.kernels === b.kernels ? [] : [`Espalier's kernels ${b.kernels ? 'on' : 'off'} after ${a.kernels ? 'on' : 'off'}`]),
    ...(a.oneDnn === b.oneDnn ? [] : [`oneDNN ${b.oneDnn ? 'on' : 'off'} after ${a.oneDnn ? 'on' : 'off'}`]),
    ...(a.host === b.host ? [] : [`processor ${b.host} after ${a.host}`]),
  ];
}
