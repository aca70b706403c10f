// The certificate of an export: the file, asked in its runtime, answers as its source does.
import type { Certificate } from '#contract/measurement.ts';
import type { ExportTarget } from '#contract/nouns.ts';
import type { Samples } from '../data/samples.ts';
import { Apart } from '../measuring/apart.ts';
import { sampleOf, type Replay } from './replay.ts';

/** Largest difference allowed, as a share of the range of the source's answers. */
export function allowedShare({ format, weights }: Pick<ExportTarget, 'format' | 'weights'>, layers: number): number {
  if (weights === 'int8' || weights === 'uint8') return 0.05;
  if (weights === 'float16') return 0.02;
  // The same numbers in the same order of operations: read back, a file may cost the last bits and no more.
  if (format === 'keras' || format === 'h5' || format === 'tfjs') return 1e-6;
  return layers > DEEP ? 1e-3 : 1e-4;
}

/** Sums in another order drift apart from layer to layer. */
const DEEP = 50;
/** Coarser numbers move answers; as long as they decide alike on so many samples, the file is its source's. */
const AGREEMENT = 0.98;

export interface Answers {
  readonly inputs: readonly Samples[];
  readonly kind: Certificate['inputs'];
  readonly source: readonly Float32Array[];
  readonly replayed: readonly Float32Array[];
}

/**
 * Worked example: the source answers [0, 1] and [0.2, 0.8], the file [0, 1] and [0.2001, 0.7999]: the largest difference is 1e-4 of a range
 * of 1, and both decide alike on all samples.
 */
export async function certifyExport(
  source: Replay,
  replay: Replay,
  { inputs, kind, source: wanted, replayed }: Answers,
  target: Pick<ExportTarget, 'format' | 'weights'>,
  layers: number,
): Promise<Certificate> {
  const samples = inputs[0]?.shape[0] ?? 0;
  const share = allowedShare(target, layers);
  const apart = apartOn(wanted, replayed);
  const { difference } = apart;
  const top1Agreement = wanted.length === 1 && replayed.length === 1 ? agreement(wanted[0]!, replayed[0]!, samples) : null;
  const coarse = target.weights !== 'float32';
  // A grid's answers are off by a step where the float lies between two of its points.
  const tolerance = apart.tolerance(share) + 2 * replay.step;
  const equal = difference <= tolerance || (coarse && Number.isFinite(difference) && (top1Agreement ?? 0) >= AGREEMENT);
  return {
    runtime: replay.runtime,
    samples,
    inputs: kind,
    maxDifference: Number.isFinite(difference) ? difference : Number.MAX_VALUE,
    tolerance,
    firstDivergingLayer: equal ? null : await firstDiverging(source, replay, inputs, share),
    top1Agreement,
    verdict: equal ? 'equal' : 'different',
  };
}

function apartOn(wanted: readonly Float32Array[], replayed: readonly Float32Array[]): Apart {
  const apart = new Apart();
  wanted.forEach((values, output) => apart.add(values, replayed[output] ?? []));
  if (wanted.length !== replayed.length) apart.difference = Infinity;
  return apart;
}

/** Null where an answer is one number. */
export function agreement(one: Float32Array, other: Float32Array, samples: number): number | null {
  const units = one.length / samples;
  if (samples === 0 || units < 2 || other.length !== one.length) return null;
  let alike = 0;
  for (let at = 0; at < samples; at++) if (largest(one, at * units, units) === largest(other, at * units, units)) alike++;
  return alike / samples;
}

/** Where the largest of `units` entries from `start` on is; of equal ones the first. */
export function largest(values: Float32Array, start: number, units: number): number {
  let best = 0;
  for (let unit = 1; unit < units; unit++) if (values[start + unit]! > values[start + best]!) best = unit;
  return best;
}

/** The first layer, in the source's order, whose tensors are further apart than the network may be; null where the runtime shows none. */
async function firstDiverging(source: Replay, replay: Replay, inputs: readonly Samples[], share: number): Promise<string | null> {
  if (source.layers === undefined || replay.layers === undefined) return null;
  const one = inputs.map(({ shape }, index): Samples => ({ shape: [1, ...shape.slice(1)], data: sampleOf(inputs, 0)[index]! }));
  const [wanted, seen] = [await source.layers(one), await replay.layers(one)];
  for (const [layer, values] of wanted) {
    const others = seen.get(layer);
    if (others?.length !== values.length) continue;
    const apart = apartOn([values], [others]);
    if (apart.difference > apart.tolerance(share)) return layer;
  }
  return null;
}
