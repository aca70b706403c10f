// Writes a network as a file of another program, reads that file back and has it answer beside its source.
import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { StudioError } from '#contract/errors.ts';
import type { Certificate } from '#contract/measurement.ts';
import { exportFormats } from '#contract/export-formats.ts';
import type { ExportFormat, ExportTarget } from '#contract/nouns.ts';
import { writeH5 } from '#formats/h5/write-h5.ts';
import { writeKeras } from '#formats/keras/write-keras.ts';
import { writeOnnx } from '#formats/onnx/write/write-onnx.ts';
import { readModel } from '#formats/read-model.ts';
import { writeTfjs } from '#formats/tfjs/write-tfjs.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { certify } from '../measuring/certify.ts';
import { tellPhase, type WorkContext } from '../work-context.ts';

const SAMPLES = 64;
/** The same weights in the same order of operations: a format may cost the last bits, not more. ONNX turns axes about. */
const SHARE: Readonly<Record<ExportFormat, number>> = { keras: 1e-6, h5: 1e-6, tfjs: 1e-6, onnx: 1e-5 };

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
  const { ending } = exportFormats[format];
  if (ending !== null && isFolder(path)) {
    throw new StudioError('conflict', `There is a folder of this name where the ${ending} file should go.`, {
      where: path,
      whatToDo: 'Give the name of a file.',
    });
  }
}

/** @throws StudioError as the writers do; `internal` where the file written does not answer as its source; Interrupted */
export async function exportModel(context: WorkContext, artifact: ModelArtifact, target: ExportTarget): Promise<Exported> {
  checkTarget(target);
  tellPhase(context, 'exporting');
  const files = await write(artifact, target);
  const { artifact: reread } = await readModel(target.path);
  const certificate = await certify(context, artifact, reread, { share: SHARE[target.format], samples: SAMPLES });
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

async function write(artifact: ModelArtifact, { format, path }: ExportTarget): Promise<Exported['files']> {
  switch (format) {
    case 'keras':
      return [fileOf(await writeKeras(path, artifact))];
    case 'h5':
      return [fileOf(await writeH5(path, artifact))];
    case 'onnx':
      return [fileOf(await writeOnnx(path, artifact))];
    case 'tfjs':
      return writeTfjs(path, artifact);
  }
}

function fileOf({ path, bytes }: { path: string; bytes: number }): { path: string; bytes: number } {
  return { path, bytes };
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
