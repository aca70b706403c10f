// The certificate of a compaction: the smaller network answers as the one with all its channels does, on test images or on random inputs.
import type { Certificate } from '#contract/measurement.ts';
import { openDatasetFile } from '#formats/dataset-file.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import type { Removal } from '#pruning/channel-selection.ts';
import { keptOutputs } from '#pruning/kept-outputs.ts';
import { openBatches } from '../data/batches.ts';
import { fitShape, inputShapeOf } from '../data/fit-data.ts';
import { loadModel } from '../models/load-model.ts';
import { tell, type WorkContext } from '../work-context.ts';
import { affordable, certify } from './certify.ts';

/** As many inputs as some seconds allow: all 256 of a small network, 64 of a ResNet-50. */
const MOST = 256;
const LEAST = 16;
const MACS = 2.5e11;
/** Of the range of the masked network's answers: float32 sums in another order differ by less. */
const SHARE = 1e-4;

export interface Compaction {
  /** Channels masked, or dead by themselves. */
  readonly whole: ModelArtifact;
  readonly removal: Removal;
  readonly compacted: ModelArtifact;
  readonly data: string | null;
}

/** A network that answers otherwise is told in a note as well as in the certificate. @throws StudioError; Interrupted */
export async function certifyCompaction(context: WorkContext, { whole, removal, compacted, data }: Compaction): Promise<Certificate> {
  const samples = affordable(whole, MACS, LEAST, MOST);
  const inputs = data === null ? undefined : await testInputs(context, whole, data, samples);
  try {
    const certificate = await certify(context, whole, compacted, {
      share: SHARE,
      samples,
      inputs,
      kept: keptOutputs(whole, removal),
    });
    if (certificate.verdict === 'different') {
      tell(context, {
        kind: 'note',
        text:
          `The compacted network does not answer as the whole one: they are ${certificate.maxDifference} apart, ` +
          `from layer "${certificate.firstDivergingLayer ?? 'the last'}" on.`,
      });
    }
    return certificate;
  } finally {
    inputs?.dispose();
  }
}

/** The first test images: always the same ones. */
async function testInputs({ tf }: WorkContext, source: ModelArtifact, path: string, most: number) {
  const { model, dispose } = await loadModel(tf, source);
  const file = openDatasetFile(path);
  try {
    const sampleShape = fitShape(inputShapeOf(model), file.summary.sampleShape, model.name);
    const count = Math.min(most, file.summary.counts.test);
    if (count === 0) return undefined;
    const batch = openBatches(tf, file.rows('test', 0, count), file, sampleShape).gather(0, count);
    batch.labels.dispose();
    return batch.inputs;
  } finally {
    file.close();
    dispose();
  }
}
