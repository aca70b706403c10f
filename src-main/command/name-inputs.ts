// What MODEL, DATA and FILE on the command line stand for: a starter, a built-in data set, or a path made absolute.
import { existsSync } from 'node:fs';
import { basename, dirname, extname, resolve } from 'node:path';
import { starterNames } from '#contract/commands.ts';
import { StudioError } from '#contract/errors.ts';
import { didYouMean } from './closest-name.ts';

export type ModelSource = (
  | { readonly kind: 'starter'; readonly starter: string; readonly name: string }
  | { readonly kind: 'file'; readonly path: string; readonly name: string }
) & {
  /** A file of weights alone, which takes the place of the network's own. */
  readonly weights?: string;
};

/**
 * A bare word that is a starter's name is the starter; `./cnn-small` is the folder; `resnet-8+mine.weights.h5` is the network before the last `+` with the
 * weights of the file behind it. @throws StudioError `not-found`
 */
export function modelSource(word: string, folder: string): ModelSource {
  const plus = word.lastIndexOf('+');
  const weights = resolve(folder, word.slice(plus + 1));
  if (plus > 0 && !existsSync(resolve(folder, word)) && existsSync(weights))
    return { ...modelSource(word.slice(0, plus), folder), name: modelName(weights), weights };
  if (starterNames.includes(word)) return { kind: 'starter', starter: word, name: word };
  const path = resolve(folder, word);
  if (existsSync(path)) return { kind: 'file', path, name: modelName(path) };
  const bare = !/[./\\]/.test(word);
  throw new StudioError(
    'not-found',
    bare ? `There is no file and no starter "${word}".` : `There is no file ${word}.${didYouMean(word, starterNames)}`,
    {
      whatToDo: bare ? `${didYouMean(word, starterNames).trim()} Starters are ${starterNames.join(', ')}.`.trim() : 'Check the path.',
    },
  );
}

/** `small.keras` → small; `web/model.json` → web. */
export function modelName(path: string): string {
  const file = basename(path);
  return file === 'model.json' ? basename(dirname(path)) : basename(file, extname(file));
}

/** A built-in name stays as it is; all else is a path. @throws StudioError `not-found` */
export function dataSource(word: string, folder: string): string {
  if (word === 'mnist') return word;
  const path = resolve(folder, word);
  if (existsSync(path)) return path;
  throw new StudioError('not-found', `There is no data at ${word}.`, {
    whatToDo: 'Give mnist, or the path of a CSV, .npz, .npy, or a folder of images by class or of IDX files.',
  });
}
