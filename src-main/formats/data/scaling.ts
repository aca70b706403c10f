// From stored values to what a model is fed: scale and offset for each way that networks want their inputs.
import type { ValueRange } from '#contract/data-options.ts';
import type { Scaling } from '../dataset-file.ts';
import { refusal, type Place } from '../refusal.ts';

interface Stored {
  /** Bytes that stand for light. */
  readonly pixels: boolean;
  readonly low: number;
  readonly high: number;
  readonly sampleShape: readonly number[];
}

/** Means and deviations of ImageNet's red, green and blue, as PyTorch's networks subtract and divide them. */
const imagenet = { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] };
/** Means of blue, green and red bytes, as Caffe's networks and Keras's ports of them subtract them. */
const caffe = [103.939, 116.779, 123.68];

/**
 * `range` is what comes out for the smallest and largest stored value. Numbers that are no pixels are fed as they are unless a range is asked
 * for; then they count as 0 to 255 where any is above 1, else as 0 to 1. Worked example: bytes at `-1..1`: 255 · 2/255 − 1 = 1.
 * @throws StudioError `bad-input` where the range needs three channels and the samples have others.
 */
export function scalingFor(range: ValueRange | undefined, stored: Stored, place: Place): Scaling & { range: [number, number] } {
  const wanted = range ?? (stored.pixels ? '0..1' : 'as-is');
  const scaling = scalingOf(wanted, stored.pixels || stored.high > 1 ? 255 : 1, stored, place);
  const scales = [scaling.scale].flat();
  const offsets = [scaling.offset].flat();
  const ends = scales.flatMap((scale, channel) =>
    [stored.low, stored.high].map((value) => value * scale + (offsets[channel] ?? offsets[0]!)),
  );
  return { ...scaling, range: [Math.min(...ends), Math.max(...ends)] };
}

function scalingOf(range: ValueRange, full: number, { sampleShape }: Stored, place: Place): Scaling {
  switch (range) {
    case 'as-is':
      return { scale: 1, offset: 0 };
    case '0..255':
      return { scale: 255 / full, offset: 0 };
    case '0..1':
      return { scale: 1 / full, offset: 0 };
    case '-1..1':
      return { scale: 2 / full, offset: -1 };
    case 'imagenet':
      checkColours(range, sampleShape, place);
      return {
        scale: imagenet.deviation.map((deviation) => 1 / (full * deviation)),
        offset: imagenet.mean.map((mean, channel) => -mean / imagenet.deviation[channel]!),
      };
    case 'caffe':
      checkColours(range, sampleShape, place);
      return { scale: 255 / full, offset: caffe.map((mean) => -mean), reversed: true };
  }
}

function checkColours(range: ValueRange, sampleShape: readonly number[], place: Place): void {
  if (sampleShape.length === 3 && sampleShape[2] === 3) return;
  throw refusal(
    'bad-input',
    place,
    `The range ${range} is for images of three channels; these samples are ${sampleShape.join(' × ')}.`,
    'Choose another range.',
  );
}
