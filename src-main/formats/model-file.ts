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
const Content = z.object({ topology, metadata: object });

/** @throws StudioError `bad-input`, `disk-full`, `disk-error`. */
export function writeModelFile(path: string, { topology, weights, metadata }: ModelArtifact): StagedArtifact {
  return writeTensorFile(path, { kind: 'model', content: { topology, metadata }, tensors: weights });
}

/** @throws StudioError `not-found`, `disk-error`, `damaged-file`; `not-a-model` where the artifact is of another kind. */
export function readModelFile(path: string): ModelArtifact {
  const { kind, content, tensors } = readTensorFile(path);
  if (kind !== 'model') throw new StudioError('not-a-model', `This artifact holds a ${kind}, not a model.`, { where: path });
  const read = Content.safeParse(content);
  if (!read.success) throw new StudioError('damaged-file', "The model's description is incomplete.", { where: path });
  return { ...read.data, weights: tensors };
}
