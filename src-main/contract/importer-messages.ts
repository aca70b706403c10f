// What the host asks of an importer process: the only place where untrusted bytes are read, and where questions without tensors are answered.
import { z } from 'zod';
import { DataOptions, DataSurvey } from './data-options.ts';
import { Problem } from './errors.ts';
import { NetworkSummary } from './network.ts';
import { DatasetSummary } from './nouns.ts';
import { StagedArtifact } from './engine-messages.ts';
import { Plan } from './procedures.ts';
import { Recipe } from './recipe.ts';

export const ImporterTask = z.discriminatedUnion('kind', [
  /** A model file (`.keras`, `.h5`, tfjs `model.json`) becomes a canonical artifact in `staging`. */
  /** `weights`: a file of weights alone that takes the place of the network's own. */
  z.object({ kind: z.literal('model'), path: z.string(), weights: z.string().optional(), staging: z.string() }),
  /** A starter network with freshly initialised weights. */
  z.object({ kind: z.literal('starter'), starter: z.string(), seed: z.int(), weights: z.string().optional(), staging: z.string() }),
  /** `mnist` or a path of data becomes a canonical dataset in `staging`. */
  z.object({ kind: z.literal('dataset'), source: z.string(), options: DataOptions.optional(), staging: z.string() }),
  /** What a source holds, so that options can be chosen; scratch files go into `staging`, and nothing is kept. */
  z.object({ kind: z.literal('survey'), source: z.string(), staging: z.string() }),
  /** What `inspect` shows, of a file, a starter or a canonical artifact; nothing is written. */
  z.object({ kind: z.literal('inspect'), path: z.string(), weights: z.string().optional() }),
  z.object({ kind: z.literal('plan'), artifact: z.string(), recipe: Recipe }),
  z.object({ kind: z.literal('samples'), artifact: z.string(), count: z.int() }),
]);
export type ImporterTask = z.infer<typeof ImporterTask>;

export const ImporterResult = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('model'),
    artifact: StagedArtifact,
    summary: NetworkSummary,
    format: z.enum(['starter', 'keras', 'h5', 'tfjs', 'onnx']),
  }),
  z.object({ kind: z.literal('dataset'), artifact: StagedArtifact, summary: DatasetSummary }),
  z.object({ kind: z.literal('survey'), survey: DataSurvey }),
  z.object({ kind: z.literal('inspect'), summary: NetworkSummary }),
  z.object({ kind: z.literal('plan'), plan: Plan }),
  z.object({
    kind: z.literal('samples'),
    samples: z.array(
      z.object({
        index: z.int(),
        label: z.string(),
        shape: z.array(z.int()),
        pixels: z.array(z.int()),
        values: z.array(z.number()).optional(),
      }),
    ),
  }),
]);
export type ImporterResult = z.infer<typeof ImporterResult>;

export const ImporterAnswer = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('done'), result: ImporterResult }),
  z.object({ kind: z.literal('failed'), problem: Problem }),
]);
export type ImporterAnswer = z.infer<typeof ImporterAnswer>;

export const FromImporter = z.discriminatedUnion('kind', [
  /** Of long work: the share done, from 0 to 1. As long as it grows, the clock doesn't stop the process. */
  z.object({ kind: z.literal('progress'), share: z.number().min(0).max(1) }),
  ...ImporterAnswer.options,
]);
export type FromImporter = z.infer<typeof FromImporter>;
