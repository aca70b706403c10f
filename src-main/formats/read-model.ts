// Reads a model file of any format, known by its first bytes and never by its name.
import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { StudioError } from '#contract/errors.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { sourceAt } from './containers/guarded-file.ts';
import { readH5 } from './h5/read-h5.ts';
import { readKeras } from './keras/read-keras.ts';
import { readWeightsOnto } from './keras/read-weights-file.ts';
import { readModelFile } from './model-file.ts';
import { ownDataFile } from './onnx/read/external-data.ts';
import { looksLikeOnnx } from './onnx/read/parse-model.ts';
import { readOnnx } from './onnx/read/read-onnx.ts';
import { refusal } from './refusal.ts';
import { magic } from './tensor-file/layout.ts';
import { readTfjs } from './tfjs/read-tfjs.ts';

export type ModelFormat = 'keras' | 'h5' | 'tfjs' | 'onnx' | 'artifact';
const maxBytes = 2 * 1024 ** 3 - 1;

/**
 * @param path of a .keras, .h5 or .onnx file, of a tfjs model.json, of a folder that holds a model.json or an .onnx file with its weights, or
 * of a canonical artifact.
 * @throws StudioError `not-found`, `not-a-model`, `damaged-file`, `unsafe-file`, `over-limit`, `unsupported`; nothing else.
 */
export async function readModel(path: string): Promise<{ artifact: ModelArtifact; format: ModelFormat }> {
  const file = basename(path);
  let format: ModelFormat | undefined;
  try {
    const isFolder = statSync(path).isDirectory();
    const target = isFolder ? modelIn(path) : path;
    format = formatOf(target, file);
    if (format === 'artifact') return { format, artifact: readModelFile(target) };
    if (format === 'tfjs') return { format, artifact: readTfjs(target) };
    if (format === 'keras') return { format, artifact: await readKerasFile(target, file) };
    const bytes = readFileSync(target);
    if (format === 'onnx')
      return { format, artifact: readOnnx(bytes, file, { folder: dirname(target), allows: isFolder ? () => true : ownDataFile(file) }) };
    return { format, artifact: await readH5(bytes, file) };
  } catch (thrown) {
    const refused = thrown instanceof StudioError ? thrown : fromSystem(thrown, path);
    throw format === undefined ? refused : refused.ofFormat(format);
  }
}

/** @throws StudioError `unsupported` for a SavedModel, `not-a-model` for several models. */
function modelIn(folder: string): string {
  if (existsSync(join(folder, 'saved_model.pb')))
    throw refusal(
      'unsupported',
      { file: basename(folder), member: 'saved_model.pb' },
      'It is a SavedModel: a program for TensorFlow, which may read and write files, and never a list of layers.',
      'Load it where it was made and save it as .keras, or export it as ONNX or for TensorFlow.js.',
    );
  const onnx = existsSync(join(folder, 'model.json')) ? [] : readdirSync(folder).filter((name) => /\.onnx$/i.test(name));
  if (onnx.length > 1)
    throw refusal(
      'not-a-model',
      { file: basename(folder) },
      `It holds ${onnx.length} .onnx files.`,
      'Import one of them, or a folder with one.',
    );
  return join(folder, onnx[0] ?? 'model.json');
}

/** By ranges: its members are unpacked one at a time, and the archive itself is never in memory. */
async function readKerasFile(path: string, file: string): Promise<ModelArtifact> {
  const handle = openSync(path, 'r');
  try {
    return await readKeras(sourceAt(handle, fstatSync(handle).size, { file }), file);
  } finally {
    closeSync(handle);
  }
}

/** @param path of a file of weights alone, or of a whole .h5 model. @throws StudioError as readModel does */
export async function withWeightsOf(artifact: ModelArtifact, path: string): Promise<ModelArtifact> {
  const file = basename(path);
  try {
    if (formatOf(path, file) !== 'h5') throw refusal('not-a-model', { file }, 'It is no HDF5 file, which Keras keeps weights in.');
    return await readWeightsOnto(artifact, readFileSync(path), file);
  } catch (thrown) {
    throw (thrown instanceof StudioError ? thrown : fromSystem(thrown, path)).ofFormat('h5');
  }
}

/** What the system says about a path, in our words. */
export function fromSystem(thrown: unknown, path: string): StudioError {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return refusal('not-found', { file: path }, 'There is no such file.', 'Check the path.', thrown);
  if (code === 'EACCES' || code === 'EPERM')
    return refusal('disk-error', { file: path }, 'You have no right to read it.', 'Change its permissions or copy it elsewhere.', thrown);
  if (typeof code === 'string' && /^E[A-Z]+$/.test(code))
    return refusal('disk-error', { file: path }, `The system can't read it (${code}).`, 'Check the disk, then try again.', thrown);
  return refusal('damaged-file', { file: path }, "It can't be read: it contradicts itself.", undefined, thrown);
}

function formatOf(path: string, file: string): ModelFormat {
  const handle = openSync(path, 'r');
  try {
    const status = fstatSync(handle);
    if (!status.isFile()) throw refusal('not-a-model', { file }, 'It is no regular file.');
    if (status.size > maxBytes) throw refusal('over-limit', { file }, `It has ${status.size} bytes; at most ${maxBytes} are read.`);
    const head = Buffer.alloc(64);
    const start = head.toString('latin1', 0, readSync(handle, head, 0, 64, 0));
    if (start.startsWith(magic)) return 'artifact';
    if (start.startsWith('PK')) return 'keras';
    if (start.startsWith('\x89HDF\r\n\x1a\n')) return 'h5';
    if (/^(\xef\xbb\xbf)?\s*\{/.test(start)) return 'tfjs';
    if (looksLikeOnnx(head)) return 'onnx';
    throw refusal(
      'not-a-model',
      { file },
      start === '' ? 'It is empty.' : 'Its first bytes are those of no model format that Espalier reads.',
    );
  } finally {
    closeSync(handle);
  }
}
