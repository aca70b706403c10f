// Writes a network as a file of another program, reads that file back and has it answer beside its source.
import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { StudioError } from '#contract/errors.ts';
import type { Certificate } from '#contract/measurement.ts';
import type { ExportTarget } from '#contract/nouns.ts';
import { writeKeras } from '#formats/keras/write-keras.ts';
import { readModel } from '#formats/read-model.ts';
import { writeTfjs } from '#formats/tfjs/write-tfjs.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { certify } from '../measuring/certify.ts';
import { tellPhase, type WorkContext } from '../work-context.ts';

const SAMPLES = 64;
/** The same weights in the same order of operations: a format may cost the last bits, not more. */
const SHARE = 1e-6;

export interface Exported {
  readonly files: { path: string; bytes: number }[];
  readonly certificate: Certificate;
}

/** Called before long work, so that it doesn't end with nowhere to go. @throws StudioError `not-found`, `conflict` */
export function checkTarget({ path, format }: ExportTarget): void {
  const folder = dirname(resolve(path));
  if (!isFolder(folder)) {
    throw new StudioError('not-found', 'The folder to export to does not exist.', {
      where: folder,
      whatToDo: 'Make the folder, or choose another.',
    });
  }
  if (format === 'keras' && isFolder(path)) {
    throw new StudioError('conflict', 'There is a folder of this name where the .keras file should go.', {
      where: path,
      whatToDo: 'Give the name of a file.',
    });
  }
}

/** @throws StudioError as the writers do; `internal` where the file written does not answer as its source; Interrupted */
export async function exportModel(context: WorkContext, artifact: ModelArtifact, target: ExportTarget): Promise<Exported> {
  checkTarget(target);
  tellPhase(context, 'exporting');
  const files = target.format === 'keras' ? [fileOf(await writeKeras(target.path, artifact))] : writeTfjs(target.path, artifact);
  const { artifact: reread } = await readModel(target.path);
  const certificate = await certify(context, artifact, reread, { share: SHARE, samples: SAMPLES });
  if (certificate.verdict === 'different') {
    throw new StudioError(
      'internal',
      `The exported file answers otherwise than its source, from layer "${certificate.firstDivergingLayer ?? 'the last'}" on ` +
        `(${certificate.maxDifference} apart).`,
      {
        where: target.path,
        whatToDo: 'Do not use the file; please report this.',
      },
    );
  }
  return { files, certificate };
}

function fileOf({ path, bytes }: { path: string; bytes: number }): { path: string; bytes: number } {
  return { path, bytes };
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
