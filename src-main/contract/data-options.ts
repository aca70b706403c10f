// How a dataset is read: every field is a flag of the command line, a field of the import dialog and a line kept with the dataset.
import { z } from 'zod';
import type { NetworkSummary } from './network.ts';

/** `0..1`, `-1..1`, `0..255`: a byte's 0 and 255. `imagenet`: as PyTorch's networks take RGB; `caffe`: as Keras's ResNet50 and VGG take it. */
export const ValueRange = z.enum(['as-is', '0..1', '-1..1', '0..255', 'imagenet', 'caffe']);
export type ValueRange = z.infer<typeof ValueRange>;

const share = String.raw`(?:0?\.\d{1,6}|0|1(?:\.0+)?)`;

export const DataOptions = z.strictObject({
  label: z
    .string()
    .min(1)
    .max(1024)
    .optional()
    .describe('column of the labels, by name or number from 1 (several: a,b); guessed if left out'),
  task: z.enum(['classification', 'regression']).optional().describe('labels are classes, or numbers to be answered; guessed if left out'),
  split: z
    .string()
    .regex(new RegExp(`^${share}/${share}/${share}$`), 'give three shares, as 0.8/0.1/0.1')
    .refine((text) => Math.abs(sharesOf(text).reduce((sum, each) => sum + each, 0) - 1) < 1e-6, 'the three shares must add up to 1')
    .optional()
    .describe('train/validation/test, 0.8/0.1/0.1 if left out; splits that the data bring are kept'),
  splitSeed: z.int().min(0).max(0xffff_ffff).default(1).describe('rules which samples go into which split'),
  size: z
    .string()
    .regex(/^[1-9]\d{0,3}x[1-9]\d{0,3}$/, 'give height x width, as 32x32')
    .optional()
    .describe("what images are resized to, as 32x32; the model's size if left out"),
  channels: z.enum(['gray', 'rgb']).optional().describe("channels of images; the model's if left out"),
  axes: z
    .enum(['as-is', 'channels-first'])
    .optional()
    .describe('order of axes of image arrays; (N, 3, height, width) is turned if left out'),
  range: ValueRange.optional().describe("values that the model is fed; for images 0..1, or what the model's own scaling wants"),
});
export type DataOptions = z.infer<typeof DataOptions>;

export interface Shares {
  readonly train: number;
  readonly validation: number;
  readonly test: number;
}

/** '0.8/0.1/0.1' → [0.8, 0.1, 0.1] */
function sharesOf(text: string): number[] {
  return text.split('/').map(Number);
}

export function splitShares({ split = '0.8/0.1/0.1' }: Pick<DataOptions, 'split'>): Shares {
  const [train, validation, test] = sharesOf(split);
  return { train: train!, validation: validation!, test: test! };
}

/** '32x48' → height 32, width 48 */
export function imageSize(size: string): { height: number; width: number } {
  const [height, width] = size.split('x').map(Number);
  return { height: height!, width: width! };
}

/** The first layers of a network that scale their input by themselves, and so want the bytes as they are. */
const ownScaling = ['Rescaling', 'Normalization'];

/**
 * What the options leave open, as this network wants it. Worked example: for an input of 32 × 32 × 3 whose first layer is a Rescaling,
 * nothing given → size 32x32, channels rgb, range 0..255.
 */
export function matchedTo(options: DataOptions, network: Pick<NetworkSummary, 'inputShape' | 'layers'>): DataOptions {
  const [, height, width, channels] = network.inputShape;
  if (network.inputShape.length !== 4) return options;
  // A network of three channels in front takes them as such.
  const first = height === 3 && channels !== 3 && channels !== 1;
  const scales = network.layers.find(({ type }) => type !== 'InputLayer');
  return {
    ...options,
    ...(options.size === undefined && !first && height != null && width != null ? { size: `${height}x${width}` } : {}),
    ...(options.channels === undefined && (channels === 1 || channels === 3) ? { channels: channels === 1 ? 'gray' : 'rgb' } : {}),
    ...(options.axes === undefined && first ? { axes: 'as-is' } : {}),
    ...(options.range === undefined && scales !== undefined && ownScaling.includes(scales.type) ? { range: '0..255' } : {}),
  };
}

export const DataFormat = z.enum(['mnist', 'idx', 'npz', 'npy', 'csv', 'images', 'labelled-images']);
export type DataFormat = z.infer<typeof DataFormat>;

const tables: readonly DataFormat[] = ['csv', 'npy', 'labelled-images'];
const numeric: readonly DataFormat[] = ['csv', 'npy', 'npz', 'labelled-images'];
const arrays: readonly DataFormat[] = ['npz', 'npy', 'idx'];
const pictures: readonly DataFormat[] = ['images', 'labelled-images'];

/** The options that make a difference for data of this format. */
export function relevantTo(format: DataFormat, { label, task, split, splitSeed, size, channels, axes, range }: DataOptions): DataOptions {
  return DataOptions.parse({
    splitSeed,
    ...(split === undefined ? {} : { split }),
    ...(range === undefined ? {} : { range }),
    ...(label === undefined || !tables.includes(format) ? {} : { label }),
    ...(task === undefined || !numeric.includes(format) ? {} : { task }),
    ...(axes === undefined || !arrays.includes(format) ? {} : { axes }),
    ...(size === undefined || !pictures.includes(format) ? {} : { size }),
    ...(channels === undefined || !pictures.includes(format) ? {} : { channels }),
  });
}

/** Whether data imported so would be read in the same way with these options. */
export function sameReading({ format, options }: Pick<ImportReport, 'format' | 'options'>, other: DataOptions): boolean {
  return JSON.stringify(relevantTo(format, options)) === JSON.stringify(relevantTo(format, other));
}

/** What was found and done when a dataset was imported. */
export const ImportReport = z.object({
  format: DataFormat,
  options: DataOptions,
  /** Splits that the data brought along; the others were drawn by the seed. */
  given: z.array(z.enum(['train', 'validation', 'test'])),
  /** Samples that are byte for byte the same as another: within train, and in validation and test as one of train. Null where uncounted. */
  duplicates: z.object({ train: z.int(), validation: z.int(), test: z.int() }).nullable(),
  /** Names of the numbers of a sample, for tables. */
  features: z.array(z.string()),
  /** Sentences on what may spoil the work: classes without samples, gross imbalance, leaks from train to test, columns left out. */
  warnings: z.array(z.string()),
});
export type ImportReport = z.infer<typeof ImportReport>;

/** What a source holds, found without reading it all, so that options can be chosen before the import. */
export const DataSurvey = z.object({
  name: z.string(),
  format: DataFormat,
  given: z.array(z.enum(['train', 'validation', 'test'])),
  /** Null where only reading it all would tell. */
  samples: z.int().nullable(),
  /** Of a CSV or a 2-d array; empty otherwise. */
  columns: z.array(z.object({ name: z.string(), kind: z.enum(['number', 'text']), distinct: z.int(), examples: z.array(z.string()) })),
  /** The column that would be taken for the labels. */
  label: z.string().nullable(),
  images: z.object({ height: z.int(), width: z.int(), oneSize: z.boolean(), gray: z.boolean(), classes: z.array(z.string()) }).nullable(),
});
export type DataSurvey = z.infer<typeof DataSurvey>;
