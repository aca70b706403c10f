// What the tensors of a network go through on given samples: the smallest and largest number in each.
import { StudioError } from '#contract/errors.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { lowerModel } from './lower-model.ts';
import { shapeIn } from './plain-network.ts';
import { runPlain } from './run-plain.ts';

export interface Range {
  readonly min: number;
  readonly max: number;
}

/**
 * @param samples of the model's only input, one after another, each row-major.
 * @returns the range of every tensor that a quantised network stores, by its name in the lowered network.
 * @throws StudioError `wrong-shape` where `samples` is no whole number of samples or none, `diverged` for numbers that aren't finite.
 */
export function observeRanges(model: ModelArtifact, samples: Float32Array): ReadonlyMap<string, Range> {
  const observer = rangeObserver(model);
  if (samples.length === 0 || samples.length % observer.size !== 0) throw wrongSize(observer.size, samples.length, model);
  for (let start = 0; start < samples.length; start += observer.size) observer.see(samples.subarray(start, start + observer.size));
  return observer.ranges;
}

export interface RangeObserver {
  /** Numbers in a sample. */
  readonly size: number;
  readonly ranges: ReadonlyMap<string, Range>;
  /** @throws StudioError as `observeRanges` does. */
  see(sample: Float32Array): void;
}

/** The same a sample at a time, so that whoever asks can stop in between. */
export function rangeObserver(model: ModelArtifact): RangeObserver {
  const network = lowerModel(model);
  const [input] = network.inputs;
  if (input === undefined || network.inputs.length > 1)
    throw new StudioError('unsupported', 'Ranges can be taken of networks with one input only.', { where: network.name });
  const size = shapeIn(network, input).reduce((product, length) => product * length, 1);
  const ranges = new Map<string, { min: number; max: number }>();
  return {
    size,
    ranges,
    see(sample) {
      if (sample.length !== size) throw wrongSize(size, sample.length, model);
      for (const [name, tensor] of runPlain(network, new Map([[input, sample]]))) widen(ranges, name, tensor);
    },
  };
}

function wrongSize(size: number, given: number, { topology }: ModelArtifact): StudioError {
  return new StudioError('wrong-shape', `Samples of ${size} numbers are needed; ${given} numbers were given.`, {
    where: topology.config.name,
    whatToDo: 'Take data of the shape that the model was trained on.',
  });
}

function widen(ranges: Map<string, { min: number; max: number }>, name: string, tensor: Float32Array): void {
  const range = ranges.get(name) ?? { min: Infinity, max: -Infinity };
  for (const value of tensor) {
    if (!Number.isFinite(value))
      throw new StudioError('diverged', 'The network answers with numbers that are not finite, so they have no range.', { where: name });
    if (value < range.min) range.min = value;
    if (value > range.max) range.max = value;
  }
  ranges.set(name, range);
}
