// A small file beside each variant and dataset that says what its artifact is, so that a lost database can be built again.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { Dataset, Model, Project, Variant } from '#contract/nouns.ts';
import { makeFolderDurably, writeFileDurably } from '#main/files/durable-write.ts';

export const Manifest = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('variant'), format: z.literal(1), project: Project, model: Model, variant: Variant }),
  z.object({ kind: z.literal('dataset'), format: z.literal(1), project: Project, dataset: Dataset }),
]);
export type Manifest = z.infer<typeof Manifest>;

export interface Manifests {
  /** Durable when it returns; it is written before the row that it describes. */
  write(manifest: Manifest): void;
  /** The readable ones; one that isn't is left alone and not returned. */
  all(): Manifest[];
  /** Ids of the variants and datasets that have one. */
  ids(): string[];
  remove(id: string): void;
}

export function openManifests(home: string): Manifests {
  const folder = join(home, 'manifests');
  const pathOf = (id: string): string => join(folder, `${id}.json`);
  const ids = (): string[] =>
    existsSync(folder)
      ? readdirSync(folder)
          .filter((name) => /^[a-z0-9-]+\.json$/.test(name))
          .map((name) => name.slice(0, -5))
      : [];

  return {
    write(manifest) {
      makeFolderDurably(folder);
      const path = pathOf(manifest.kind === 'variant' ? manifest.variant.id : manifest.dataset.id);
      writeFileDurably(path, [Buffer.from(JSON.stringify(manifest))], { mode: 0o600 });
    },
    all: () =>
      ids().flatMap((id) => {
        try {
          return [Manifest.parse(JSON.parse(readFileSync(pathOf(id), 'utf8')))];
        } catch {
          return [];
        }
      }),
    ids,
    remove: (id) => rmSync(pathOf(id), { force: true }),
  };
}
