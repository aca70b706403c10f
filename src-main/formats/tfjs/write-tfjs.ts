// Writes a TensorFlow.js layers model: weight files of 4 MB first, model.json last, each durably.
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { z } from 'zod';
import type { ExportedFile } from '#contract/nouns.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { diskError } from '#main/files/disk-error.ts';
import { writeFileDurably } from '#main/files/durable-write.ts';
import { encodeWeight, type TfjsWeights } from './encode-weights.ts';
import { refuseMissingLayers } from './missing-layers.ts';

/** What browsers cache well; tfjs's own converter writes the same. */
const shardBytes = 4 * 1024 * 1024;

/** @returns the files of the folder, model.json first. @throws StudioError `unsupported` for what tfjs-layers can't load, `disk-full`, `disk-error`. */
export function writeTfjs(
  folder: string,
  { topology, weights, metadata }: ModelArtifact,
  how: TfjsWeights = 'float32',
): z.infer<typeof ExportedFile>[] {
  refuseMissingLayers(topology, { file: folder });
  const target = resolve(folder);
  try {
    mkdirSync(target, { recursive: true });
  } catch (thrown) {
    throw diskError(thrown, target, 0);
  }
  const encoded = weights.map((tensor) => encodeWeight(tensor, how));
  const whole = Buffer.concat(encoded.map(({ bytes }) => bytes));
  const count = Math.ceil(whole.length / shardBytes);
  const paths = Array.from({ length: count }, (_, index) => `group1-shard${index + 1}of${count}.bin`);
  const shards = paths.map((name, index) =>
    writeFileDurably(join(target, name), [whole.subarray(index * shardBytes, (index + 1) * shardBytes)]),
  );
  const model = {
    format: 'layers-model',
    generatedBy: 'Espalier',
    convertedBy: null,
    modelTopology: { keras_version: '2.15.0', backend: 'tensorflow', model_config: topology },
    weightsManifest: [{ paths, weights: encoded.map(({ entry }) => entry) }],
    userDefinedMetadata: { espalier: metadata },
  };
  const json = writeFileDurably(join(target, 'model.json'), [Buffer.from(JSON.stringify(model))]);
  return [json, ...shards].map(({ path, bytes }) => ({ path, bytes }));
}
