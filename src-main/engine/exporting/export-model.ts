// Writes a network as a file of another program and has that file answer beside its source, in its own runtime, before it goes to its place.
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { dirname, extname, join, relative, resolve } from 'node:path';
import { StudioError } from '#contract/errors.ts';
import { exportFormats, weightsRefusal } from '#contract/export-formats.ts';
import type { Certificate } from '#contract/measurement.ts';
import type { Exported, ExportTarget } from '#contract/nouns.ts';
import { moveFileDurably } from '#main/files/durable-write.ts';
import { espalierVersion } from '#network/espalier-version.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { summariseNetwork } from '#network/summarise.ts';
import { withoutTraining } from '#network/training-state.ts';
import { tell, tellPhase, type WorkContext } from '../work-context.ts';
import { calibrate } from './calibrate.ts';
import { certifyExport } from './certify-export.ts';
import { deviceBytes } from './device-bytes.ts';
import { layersReplay } from './replay-in-tensorflow.ts';
import { openReplay, sampleOf, type Replay } from './replay.ts';
import { randomSamples, samplesOfData } from './sample-inputs.ts';
import { scoreExport } from './score-export.ts';
import { writeFormat, type Written } from './write-format.ts';

/** Samples on which file and source are compared where nothing is scored. */
const SAMPLES = 64;
/** Test samples that are scored at most, and the seconds that may take. */
const SCORED = 10_000;
const SECONDS = 20;
/** Samples of C's self-check. */
const VECTORS = 4;
const SEED = 7;

/** Called before long work, so that it doesn't end with nowhere to go. @throws StudioError `not-found`, `conflict`, `bad-input` */
export function checkTarget({ path, format, weights }: ExportTarget): void {
  const refused = weightsRefusal(format, weights);
  if (refused !== undefined) throw new StudioError('bad-input', refused, { where: 'weights' });
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

/**
 * @param data the dataset on which int8 is calibrated and both are compared; null for random inputs.
 * @throws StudioError as the writers do; `bad-input` for int8 without data; `answers-differ`, with the layer as its place, where the file does
 * not answer as its source and the target does not accept that by the layer's name: then nothing is left in the file's place. Interrupted
 */
export async function exportModel(
  context: WorkContext,
  given: ModelArtifact,
  target: ExportTarget,
  data: string | null,
): Promise<Exported> {
  const kept = target.optimizer === false ? withoutTraining(given) : given;
  const artifact: ModelArtifact = { ...kept, metadata: { ...given.metadata, espalierVersion: espalierVersion() } };
  checkTarget(target);
  if (target.weights === 'int8' && data === null)
    throw new StudioError('bad-input', 'int8 needs data: the range of every tensor is taken from some training samples.', {
      where: 'data',
      whatToDo: 'Give a dataset that the network was trained on.',
    });
  tellPhase(context, target.weights === 'int8' ? 'calibrating' : 'exporting');
  const calibration = target.weights === 'int8' && data !== null ? await calibrate(context, artifact, data) : null;
  const source = await layersReplay(context, artifact);
  const staging = join(context.workspace, 'export');
  rmSync(staging, { recursive: true, force: true });
  mkdirSync(staging, { recursive: true });
  try {
    tellPhase(context, 'exporting');
    const vectors = target.format === 'c' ? await testVectors(context, artifact, source) : undefined;
    const written = await writeFormat(artifact, target, staging, { ranges: calibration?.ranges, vectors });
    tellPhase(context, 'replaying');
    const replay = await openReplay(context, artifact, target, written);
    try {
      const { certificate, accuracy } = await compare(context, artifact, target, data, source, replay, calibration?.samples ?? null);
      judge(context, certificate, artifact, target);
      const sizes = deviceBytes(artifact, target, written);
      return { files: moveIntoPlace(written, target), certificate, accuracy, ...sizes };
    } finally {
      replay.dispose();
    }
  } finally {
    source.dispose();
    rmSync(staging, { recursive: true, force: true });
  }
}

async function testVectors(context: WorkContext, artifact: ModelArtifact, source: Replay) {
  const inputs = await randomSamples(context, artifact, VECTORS, 1);
  const answers = await source.answer(inputs);
  return Array.from({ length: VECTORS }, (_, at) => ({
    inputs: sampleOf(inputs, at),
    outputs: answers.map((values) => values.slice((values.length / VECTORS) * at, (values.length / VECTORS) * (at + 1))),
  }));
}

async function compare(
  context: WorkContext,
  artifact: ModelArtifact,
  target: ExportTarget,
  data: string | null,
  source: Replay,
  replay: Replay,
  calibratedOn: number | null,
): Promise<{ certificate: Certificate; accuracy: Exported['accuracy'] }> {
  const { macs, layers } = summariseNetwork(artifact);
  const coarse = target.weights !== 'float32';
  const affordable = Math.max(SAMPLES, Math.min(SCORED, Math.floor((SECONDS * replay.speed) / Math.max(1, macs))));
  const given = data === null ? null : await samplesOfData(context, artifact, data, 'test', coarse ? affordable : SAMPLES);
  const ofData = given !== null && (given.samples.shape[0] ?? 0) > 0;
  const inputs = ofData ? [given.samples] : await randomSamples(context, artifact, SAMPLES, SEED);
  const [wanted, replayed] = [await source.answer(inputs), await replay.answer(inputs)];
  const answers = { inputs, kind: ofData ? ('data' as const) : ('random' as const), source: wanted, replayed };
  const weighted = layers.filter(({ parameters }) => parameters > 0).length;
  return {
    certificate: await certifyExport(source, replay, answers, target, weighted),
    accuracy:
      ofData && coarse && given.labels !== null
        ? scoreExport({ labels: given.labels, head: given.head }, wanted[0]!, replayed[0]!, calibratedOn)
        : null,
  };
}

function judge(context: WorkContext, certificate: Certificate, artifact: ModelArtifact, { acceptDifference }: ExportTarget): void {
  if (certificate.verdict === 'equal') return;
  const layer = certificate.firstDivergingLayer ?? lastLayer(artifact);
  const what = `the exported file answers otherwise than its source from the layer "${layer}" on (${certificate.maxDifference.toPrecision(3)} apart, allowed ${certificate.tolerance.toPrecision(3)}; ${certificate.runtime})`;
  if (acceptDifference === layer) {
    tell(context, { kind: 'note', text: `Accepted by name: ${what}.` });
    return;
  }
  throw new StudioError('answers-differ', `Not exported: ${what}.`, {
    where: layer,
    whatToDo: `Nothing was left in its place. To have the file all the same, accept the difference by this layer's name (--accept-difference ${layer}).`,
  });
}

function lastLayer({ topology }: ModelArtifact): string {
  return String(topology.config.layers.at(-1)?.config['name'] ?? topology.config.name);
}

/** The file by which the whole is opened goes last, so that what can be opened is complete. */
function moveIntoPlace({ folder, files, entry }: Written, { format, path }: ExportTarget): Exported['files'] {
  const place = resolve(path);
  const single = exportFormats[format].ending !== null;
  const root = single || extname(place) === '.c' ? dirname(place) : place;
  const placed = files.map((file) => ({ ...file, from: file.path, path: single ? place : join(root, relative(folder, file.path)) }));
  for (const { from, path: to } of placed.toSorted((one, other) => Number(one.from === entry) - Number(other.from === entry))) {
    mkdirSync(dirname(to), { recursive: true });
    moveFileDurably(from, to);
  }
  return placed.map(({ path: at, bytes }) => ({ path: at, bytes }));
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
