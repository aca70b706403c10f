// How a folder of pictures says what each shows: a folder a class, the same within train and test, or a table of names and labels.
import { basename } from 'node:path';
import type { DataOptions } from '#contract/data-options.ts';
import type { SplitName } from '../dataset-file.ts';
import { refusal } from '../refusal.ts';
import { imagesOfTables, splitNamed } from './image-tables.ts';
import type { Opened } from './open-source.ts';

export interface LabelledImage {
  /** Within the folder, with `/`. */
  readonly path: string;
  readonly label: string;
  /** Where numbers are to be answered. */
  readonly numbers?: readonly number[];
}

export interface ImageLayout {
  readonly format: 'images' | 'labelled-images';
  readonly parts: { readonly [part in SplitName | 'all']?: readonly LabelledImage[] };
  /** In the order of their numbers; there may be some without pictures. */
  readonly classes: readonly string[];
  /** Names of the numbers that are to be answered, where there are no classes. */
  readonly targets?: readonly string[];
  readonly warnings: readonly string[];
}

const imageName = /\.(png|jpe?g|jfif|jpe|webp)$/i;
/** Pictures of formats that aren't read are refused rather than left out without a word. */
const otherImage = /\.(gif|bmp|tiff?|svg|heic|heif|avif)$/i;

export function isImageName(path: string): boolean {
  return imageName.test(path) || otherImage.test(path);
}

/** `paths`: all files of the folder; `empty`: folders with nothing in them. @throws StudioError `not-a-dataset`, `unsupported`, `bad-input`, `unsafe-file`. */
export async function imageLayout(
  opened: Opened,
  folder: string,
  { paths, empty }: { readonly paths: readonly string[]; readonly empty: readonly string[] },
  options: DataOptions,
): Promise<ImageLayout> {
  const images = paths.filter(isImageName);
  const tables = paths.filter((path) => /\.(csv|tsv|txt)$/i.test(path) && !path.includes('/'));
  const labelled = tables.length === 0 ? undefined : await imagesOfTables(opened, folder, tables, images, options);
  return labelled ?? fromFolders(folder, images, empty);
}

function fromFolders(folder: string, images: readonly string[], empty: readonly string[]): ImageLayout {
  const prefix = wrapping(images);
  const place = { file: basename(folder) };
  const all = images.map((path) => ({ path, steps: path.slice(prefix.length).split('/') }));
  const known = splitNamed;
  const tops = new Set(all.map(({ steps }) => steps[0]!));
  // Pictures beside the folders train and test, and of a test without classes, are not what is learned from.
  const trains = all.filter(({ steps }) => known(steps[0]!) === 'train');
  const split = trains.length > 0 ? trains.every(({ steps }) => steps.length > 2) : [...tops].every((top) => known(top) !== undefined);
  const parts: { [part in SplitName | 'all']?: LabelledImage[] } = {};
  const beside: string[] = [];
  for (const { path, steps } of all) {
    const part = split ? known(steps[0]!) : 'all';
    if (part === undefined || (part !== 'train' && part !== 'all' && trains.length > 0 && steps.length < 3)) beside.push(path);
    else if (steps.length < (split ? 3 : 2))
      throw refusal(
        'not-a-dataset',
        { ...place, member: path },
        'It lies in no folder of a class.',
        'Put the pictures of each class into a folder of its own, or add a CSV of names and labels.',
      );
    else (parts[part] ??= []).push({ path, label: steps[split ? 1 : 0]! });
  }
  const without = empty
    .filter((path) => path.startsWith(prefix))
    .map((path) => path.slice(prefix.length).split('/'))
    .filter((steps) => steps.length === (split ? 2 : 1) && (split ? known(steps[0]!) !== undefined : known(steps[0]!) === undefined))
    .map((steps) => steps.at(-1)!);
  const labels = Object.values(parts).flatMap((some) => some.map(({ label }) => label));
  return {
    format: 'images',
    parts,
    classes: [...new Set([...labels, ...without])].sort(),
    warnings:
      beside.length === 0
        ? []
        : [
            `${beside.length} pictures are left out, as they lie in no folder of a class within train, validation or test: ${beside[0]!}${beside.length > 1 ? ', …' : ''}`,
          ],
  };
}

/** Folders that hold all the others, as archives bring them, say nothing. */
function wrapping(images: readonly string[]): string {
  let prefix = '';
  for (;;) {
    const steps = images.map((path) => path.slice(prefix.length).split('/'));
    const names = new Set(steps.map(([top]) => top!));
    const [only] = names;
    if (names.size !== 1 || only === undefined || !steps.every(({ length }) => length > 2)) return prefix;
    prefix += `${only}/`;
  }
}
