// Where results go: paths made absolute and checked before the work, so that hours of training don't end at a folder that isn't there.
import { mkdirSync, statSync } from 'node:fs';
import { basename, dirname, extname, resolve } from 'node:path';
import { StudioError } from '#contract/errors.ts';
import { availableFormats, exportFormats, formatOfEnding, weightsRefusal } from '#contract/export-formats.ts';
import type { ExportFormat, ExportTarget, ExportWeights } from '#contract/nouns.ts';
import { UsageError } from './usage-error.ts';

/** The absolute path of a file to write; its folder is made. @throws StudioError `disk-error` */
export function outputPath(word: string, folder: string): string {
  const path = resolve(folder, word);
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (cause) {
    throw new StudioError('disk-error', `The folder of ${word} can't be made.`, {
      where: dirname(path),
      whatToDo: 'Choose a path in a folder that you may write.',
      cause,
    });
  }
  return path;
}

/**
 * `--out` of `train` and `prune`: the ending tells the format. A folder comes back with a slash at its end, which says tfjs to the studio.
 * @throws UsageError on an ending that this version doesn't write
 */
export function modelOutputPath(word: string, folder: string): string {
  const format = formatOf(word, folder);
  const path = outputPath(word, folder);
  if (format !== 'tfjs') return path;
  return `${basename(path) === 'model.json' ? dirname(path) : path}/`;
}

/** `--format` and `--out` of `export`, which must not contradict each other. @throws UsageError */
export function exportTarget(format: ExportFormat, word: string, folder: string): Pick<ExportTarget, 'format' | 'path'> {
  const { ending } = exportFormats[format];
  if (ending !== null && extname(word).toLowerCase() !== ending)
    throw new UsageError(`--out ${word}: a file of the format ${format} ends in ${ending}.`);
  if (ending === null && formatOfEnding(extname(word)) !== undefined)
    throw new UsageError(`--out ${word}: ${format} is a folder; give its name without ${extname(word)}.`);
  const path = outputPath(word, folder);
  return { format, path: format === 'tfjs' && basename(path) === 'model.json' ? dirname(path) : path };
}

/** At most one of `--int8`, `--float16`, `--uint8`, as the format allows; int8 needs `--data`. @throws UsageError */
export function exportWeights(options: {
  readonly format: ExportFormat;
  readonly int8: boolean;
  readonly float16: boolean;
  readonly uint8: boolean;
  readonly data?: string | undefined;
}): ExportWeights {
  const [weights = 'float32', second] = (['int8', 'float16', 'uint8'] as const).filter((each) => options[each]);
  if (second !== undefined) throw new UsageError(`--${weights} and --${second} contradict each other; give one of them.`);
  const refused = weightsRefusal(options.format, weights);
  if (refused !== undefined) throw new UsageError(`--${weights}: ${refused}`);
  if (weights === 'int8' && options.data === undefined)
    throw new UsageError('--int8 needs --data: the range of every tensor is taken from some training samples.');
  return weights;
}

function formatOf(word: string, folder: string): ExportFormat {
  const ending = extname(word).toLowerCase();
  const format = formatOfEnding(ending);
  if (format !== undefined) return format;
  const isFolder = /[\\/]$/.test(word) || statSync(resolve(folder, word), { throwIfNoEntry: false })?.isDirectory() === true;
  if (ending === '' || isFolder || basename(word) === 'model.json') return 'tfjs';
  throw new UsageError(`--out ${word}: writing ${ending} isn't available in this version; available: ${availableFormats()}.`);
}
