// Models as canonical artifacts: a tensor file of kind `model`.
import { z } from 'zod';
import type { StagedArtifact } from '#contract/engine-messages.ts';
import { StudioError } from '#contract/errors.ts';
import type { JsonObject, ModelArtifact, Topology } from '#network/model-artifact.ts';
import { readTensorFile } from './tensor-file/read-tensor-file.ts';
import { writeTensorFile } from './tensor-file/write-tensor-file.ts';

const object = z.custom<JsonObject>((value) => typeof value === 'object' && value !== null && !Array.isArray(value));
const topology = z.custom<Topology>(
  (value) =>
    z
      .object({
        class_name: z.enum(['Sequential', 'Functional']),
        config: z.object({
          name: z.string(),
          layers: z.array(z.object({ class_name: z.string(), config: z.object({ name: z.string() }) })),
        }),
      })
      .safeParse(value).success,
);
const Training = z.object({
  optimizer: z.enum(['sgd', 'momentum', 'nesterov', 'adam', 'adamw', 'rmsprop']),
  rate: z.number(),
  weightDecay: z.number(),
  clip: z.number(),
  loss: z.enum(['categorical', 'binary', 'mse']),
  steps: z.int().min(0),
});
const Content = z.object({ topology, metadata: object, training: Training.optional() });
/** Before the names of the optimizer's tensors, which no layer's name begins with: they stand among the weights in the file. */
const SLOT = 'optimizer:/';

/** @throws StudioError `bad-input`, `disk-full`, `disk-error`. */
export function writeModelFile(path: string, { topology, weights, metadata, training }: ModelArtifact): StagedArtifact {
  if (training === undefined) return writeTensorFile(path, { kind: 'model', content: { topology, metadata }, tensors: weights });
  const { slots, ...state } = training;
  const tensors = [...weights, ...slots.map((slot) => ({ ...slot, name: SLOT + slot.name }))];
  return writeTensorFile(path, { kind: 'model', content: { topology, metadata, training: state }, tensors });
}

/** @throws StudioError `not-found`, `disk-error`, `damaged-file`; `not-a-model` where the artifact is of another kind. */
export function readModelFile(path: string): ModelArtifact {
  const { kind, content, tensors } = readTensorFile(path);
  if (kind !== 'model') throw new StudioError('not-a-model', `This artifact holds a ${kind}, not a model.`, { where: path });
  const read = Content.safeParse(content);
  if (!read.success) throw new StudioError('damaged-file', "The model's description is incomplete.", { where: path });
  const { training, ...rest } = read.data;
  if (training === undefined) return { ...rest, weights: tensors };
  const slots = tensors.flatMap((tensor) => (tensor.name.startsWith(SLOT) ? [{ ...tensor, name: tensor.name.slice(SLOT.length) }] : []));
  return { ...rest, weights: tensors.filter(({ name }) => !name.startsWith(SLOT)), training: { ...training, slots } };
}
