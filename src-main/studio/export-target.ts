// Which format a path asks for, told by its ending; what can't be written is refused before hours of training.
import { accessSync, constants, statSync } from 'node:fs';
import { basename, dirname, extname, isAbsolute } from 'node:path';
import { StudioError } from '#contract/errors.ts';
import { availableFormats, exportFormats, formatOfEnding } from '#contract/export-formats.ts';
import type { ExportFormat, ExportTarget } from '#contract/nouns.ts';

/** @throws StudioError unsupported, bad-input, not-found, disk-error */
export function exportTargetOf(path: string): ExportTarget {
  const target = read(path);
  checkWritable(target.path);
  return target;
}

/** Where the format is given beside the path. */
export function exportTargetAs(format: ExportFormat, path: string): ExportTarget {
  const { ending } = exportFormats[format];
  if (ending !== null && extname(path).toLowerCase() !== ending) {
    throw new StudioError('bad-input', `The path for the format ${format} must end in ${ending}.`, { where: path });
  }
  const target = plainly(format, format === 'tfjs' && basename(path) === 'model.json' ? dirname(path) : path);
  checkWritable(target.path);
  return target;
}

function read(path: string): ExportTarget {
  const ending = extname(path).toLowerCase();
  if (/[\\/]$/.test(path) || isFolder(path)) return plainly('tfjs', path);
  if (basename(path) === 'model.json') return plainly('tfjs', dirname(path));
  const format = formatOfEnding(ending);
  if (format !== undefined) return plainly(format, path);
  if (ending === '.json') {
    throw new StudioError('bad-input', 'A tfjs model is a folder that holds a model.json.', {
      where: path,
      whatToDo: 'Name the folder, with a / at its end, or the model.json in it.',
    });
  }
  const problem = ending === '' ? 'The path has no ending that names a format' : `Writing ${ending} isn't available in this version`;
  throw new StudioError('unsupported', `${problem}; available: ${availableFormats()}.`, { where: path });
}

/** In float32, with nothing accepted. */
function plainly(format: ExportFormat, path: string): ExportTarget {
  return { format, path, weights: 'float32', acceptDifference: null };
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function checkWritable(path: string): void {
  if (!isAbsolute(path)) throw new StudioError('bad-input', 'The path must be complete, from the root on.', { where: path });
  const parent = dirname(path);
  if (!isFolder(parent))
    throw new StudioError('not-found', 'The folder to write into does not exist.', {
      where: parent,
      whatToDo: 'Create it, or choose another.',
    });
  try {
    accessSync(parent, constants.W_OK);
  } catch (error) {
    throw new StudioError('disk-error', 'This folder may not be written to.', {
      where: parent,
      whatToDo: 'Choose another folder.',
      cause: error,
    });
  }
}
