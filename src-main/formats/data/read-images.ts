// Folders of pictures: each decoded, brought to one size and kept as bytes in a scratch file, one picture in memory at a time.
import { basename, join } from 'node:path';
import { imageSize, type DataOptions } from '#contract/data-options.ts';
import { StudioError } from '#contract/errors.ts';
import type { SplitName } from '../dataset-file.ts';
import { openGuarded } from '../containers/guarded-file.ts';
import { decodeImage } from '../images/decode-image.ts';
import type { ImageHeader } from '../images/image.ts';
import { readImageHeader } from '../images/read-header.ts';
import { resize, toChannels } from '../images/resize.ts';
import { refusal, type Place } from '../refusal.ts';
import type { ImageLayout, LabelledImage } from './image-layout.ts';
import type { Opened } from './open-source.ts';
import { rowsOf } from './rows.ts';
import type { SourceDataset, SourcePart } from './source-dataset.ts';

const limits = { file: 256 * 1024 * 1024, side: 4096, head: 128 * 1024 };

/** @throws StudioError `damaged-file` and `unsupported` naming the pictures, `over-limit`, `not-a-dataset`, `disk-full`. */
export async function readImages(
  opened: Opened,
  folder: string,
  { format, parts, classes, targets, warnings }: ImageLayout,
  options: DataOptions,
  tell: (share: number) => void,
): Promise<SourceDataset> {
  const all = Object.values(parts).flat();
  if (all.length === 0) throw refusal('not-a-dataset', { file: basename(folder) }, 'It holds no pictures.');
  let done = 0;
  const form = await formOf(folder, all, options, (share) => tell(share * 0.2));
  const problems = new Problems(folder, form.problems);
  const step = (): void => tell(0.2 + 0.8 * (++done / all.length));
  const read: { [part in SplitName | 'all']?: SourcePart } = {};
  const index = new Map(classes.map((name, at) => [name, at]));
  for (const [part, images] of Object.entries(parts)) {
    const place = { file: basename(folder) };
    const scratch = opened.scratch.file(place);
    for (const { path } of images) {
      if (!problems.has(path))
        await problems.during(path, async (at) => {
          const bytes = wholeFile(join(folder, path), at);
          const image = await decodeImage(bytes, readImageHeader(bytes, at), at);
          scratch.append(resize(toChannels(image, form.channels), form.height, form.width).data);
        });
      step();
    }
    const shape = [images.length, form.height, form.width, form.channels];
    read[part as SplitName | 'all'] = {
      rows: rowsOf({ source: scratch.source(), start: 0, shape, type: 'u1', bigEndian: false }, place),
      labels:
        targets === undefined
          ? Int32Array.from(images, ({ label }) => index.get(label)!)
          : Float32Array.from(images.flatMap(({ numbers = [] }) => numbers)),
      place,
    };
  }
  problems.raise();
  return {
    name: basename(folder),
    credit: null,
    format,
    parts: read,
    classes: targets === undefined ? classes : null,
    ...(targets === undefined ? {} : { targets }),
    features: [],
    warnings: [...warnings, ...form.warnings],
  };
}

export interface ImageForm {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  readonly oneSize: boolean;
  readonly warnings: readonly string[];
  /** Pictures whose headers can't be read. */
  readonly problems: readonly Problem[];
}

/** As the options say; else the commonest size, and grey where all are grey. @throws StudioError as `readImages` */
export async function formOf(
  folder: string,
  images: readonly LabelledImage[],
  options: DataOptions,
  tell: (share: number) => void,
): Promise<ImageForm> {
  const size = options.size === undefined ? undefined : imageSize(options.size);
  const chosen = options.channels === undefined ? undefined : options.channels === 'gray' ? 1 : 3;
  if (size !== undefined && chosen !== undefined) return { ...size, channels: chosen, oneSize: true, warnings: [], problems: [] };
  const sizes = new Map<string, { height: number; width: number; count: number }>();
  let gray = true;
  const problems = new Problems(folder);
  for (const [at, { path }] of images.entries()) {
    await problems.during(path, (place) => {
      const header = headerOf(join(folder, path), place);
      gray &&= header.gray;
      const known = sizes.get(`${header.height}x${header.width}`);
      if (known === undefined) sizes.set(`${header.height}x${header.width}`, { height: header.height, width: header.width, count: 1 });
      else known.count++;
    });
    if (at % 64 === 0) tell(at / images.length);
  }
  if (sizes.size === 0) problems.raise();
  const commonest = [...sizes.values()].reduce((best, each) => (each.count > best.count ? each : best));
  const { height, width } = size ?? commonest;
  if (height > limits.side || width > limits.side)
    throw refusal(
      'over-limit',
      { file: basename(folder) },
      `Its pictures have ${height} × ${width} pixels; a network takes at most ${limits.side} a side here.`,
      'Choose a size to bring them to (--size 224x224).',
    );
  const warnings =
    size === undefined && sizes.size > 1
      ? [
          `The pictures have ${sizes.size} sizes; all are brought to the commonest, ${height} × ${width}. Choose another size if the network takes one.`,
        ]
      : [];
  return { height, width, channels: chosen ?? (gray ? 1 : 3), oneSize: sizes.size === 1, warnings, problems: problems.found };
}

/** From the first bytes, or where they don't reach, from all. */
function headerOf(path: string, place: Place): ImageHeader {
  const file = openGuarded(path, place);
  try {
    try {
      return readImageHeader(file.read(0, limits.head), place);
    } catch (thrown) {
      if (file.bytes <= limits.head) throw thrown;
      return readImageHeader(file.read(0, Math.min(file.bytes, limits.file)), place);
    }
  } finally {
    file.close();
  }
}

function wholeFile(path: string, place: Place): Buffer {
  const file = openGuarded(path, place);
  try {
    if (file.bytes > limits.file) throw refusal('over-limit', place, `It has ${file.bytes} bytes; at most ${limits.file} are read.`);
    return file.read(0, file.bytes);
  } finally {
    file.close();
  }
}

interface Problem {
  readonly path: string;
  readonly error: StudioError;
}

/** One bad picture among thousands: all are looked at, so that all can be named at once. */
class Problems {
  readonly found: Problem[];
  readonly #folder: string;

  constructor(folder: string, found: readonly Problem[] = []) {
    this.#folder = basename(folder);
    this.found = [...found];
  }

  has(path: string): boolean {
    return this.found.some((problem) => problem.path === path);
  }

  async during(path: string, action: (place: Place) => void | Promise<void>): Promise<void> {
    try {
      await action({ file: this.#folder, member: path });
    } catch (thrown) {
      const pardonable = thrown instanceof StudioError && ['damaged-file', 'unsupported', 'over-limit'].includes(thrown.code);
      if (!pardonable) throw thrown;
      this.found.push({ path, error: thrown });
    }
  }

  raise(): void {
    const [first, ...others] = this.found;
    if (first === undefined) return;
    if (others.length === 0) throw first.error;
    const names = others.slice(0, 3).map(({ path }) => path);
    throw refusal(
      first.error.code,
      { file: this.#folder, member: first.path },
      `${first.error.message} ${others.length} more ${others.length === 1 ? 'picture' : 'pictures'} can't be read: ${names.join(', ')}${others.length > 3 ? ', …' : ''}.`,
      'Take them out of the folder, or save them again.',
    );
  }
}
