// How a network came to be, kept in its own metadata, so that every file that it is written to can tell.
import type { Json, JsonObject, ModelArtifact } from './model-artifact.ts';

/** One training or pruning: its settings or its recipe, complete enough to do it again. */
export type LineageStep =
  { readonly by: 'training'; readonly settings: JsonObject } | { readonly by: 'pruning'; readonly recipe: JsonObject };

/** Steps in the order in which they were done; what was there before stays. */
export function withStep(artifact: ModelArtifact, step: LineageStep): ModelArtifact {
  const before = artifact.metadata['lineage'];
  const lineage: Json = [...(Array.isArray(before) ? (before as readonly Json[]) : []), { ...step }];
  return { ...artifact, metadata: { ...artifact.metadata, lineage } };
}
