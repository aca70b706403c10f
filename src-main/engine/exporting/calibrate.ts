// The ranges that int8 needs: what every tensor goes through on samples of the training split.
import { rangeObserver, type Range } from '#formats/lowering/observe-ranges.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { summariseNetwork } from '#network/summarise.ts';
import { tellShare, type WorkContext } from '../work-context.ts';
import { sampleOf } from './replay.ts';
import { samplesOfData } from './sample-inputs.ts';

/** As many as TensorFlow Lite's guide asks for; fewer where a network is large, so that it takes a minute and not an hour. */
const MOST = 200;
const LEAST = 16;
/** Multiply-accumulates that are spent at most. */
const WORK = 2e10;

/** @throws StudioError where data and model don't fit together, `unsupported` for a layer without a lowering; Interrupted */
export async function calibrate(
  context: WorkContext,
  artifact: ModelArtifact,
  data: string,
): Promise<{ ranges: ReadonlyMap<string, Range>; samples: number }> {
  const { macs } = summariseNetwork(artifact);
  const most = Math.max(LEAST, Math.min(MOST, Math.floor(WORK / Math.max(1, macs))));
  const { samples } = await samplesOfData(context, artifact, data, 'train', most);
  const count = samples.shape[0]!;
  const observer = rangeObserver(artifact);
  const began = performance.now();
  for (let at = 0; at < count; at++) {
    await context.interruption.breathe();
    observer.see(sampleOf([samples], at)[0]!);
    if (at % 8 === 7) tellShare(context, 'calibrating', at + 1, count, began);
  }
  return { ranges: observer.ranges, samples: count };
}
