// Weights that lie in a file of their own beside the .onnx file, as PyTorch's exporter writes them: only there, only a plain file, only within its bytes.
import { lstatSync } from 'node:fs';
import { basename, join } from 'node:path';
import { TensorProto_DataLocation as Location, type TensorProto } from '../generated/onnx_pb.ts';
import { isPlainName, openGuarded, type GuardedFile } from '../../containers/guarded-file.ts';
import { bytesOf, safeElements } from '../../numeric-array.ts';
import { printable, refusal, type Place } from '../../refusal.ts';
import { isExternal, rawTypeOf } from './constant.ts';

/** The folder that an .onnx file lies in. */
export interface Beside {
  readonly folder: string;
  /** Whether a plain file name there may be read: each where the user chose the folder, else only those that can be nothing but this file's weights. */
  readonly allows: (name: string) => boolean;
}

/** `model.onnx` → `model.onnx.data` (PyTorch) and `model.onnx_data` (Optimum). */
export function ownDataFile(file: string): (name: string) => boolean {
  return (name) => name === `${file}.data` || name === `${file}_data`;
}

/** Of all tensors together: many may name the same bytes. */
const maxBytes = 2 * 1024 ** 3 - 1;

/**
 * Puts the bytes of each initializer that is elsewhere where they would be in a file by itself. No `beside`: nothing may be elsewhere.
 * The rules are those of onnx's own docs/security.md: a plain name, no link, a regular file with one name only, offset and length within it.
 * @throws StudioError `unsafe-file`, `damaged-file`, `over-limit`, `unsupported`, `disk-error`
 */
export function fetchExternalData(tensors: readonly TensorProto[], beside: Beside | undefined, place: Place): void {
  let total = 0;
  const pieces = tensors.filter(isExternal).map((tensor) => {
    const at = { ...place, member: printable(tensor.name) };
    const { location, offset, length } = entriesOf(tensor, at);
    if (beside === undefined || !isPlainName(location) || !beside.allows(location)) throw notFollowed(location, at);
    const needed = safeElements(tensor.dims.map(Number)) * bytesOf(rawTypeOf(tensor, at));
    if (length !== undefined && length !== needed)
      throw refusal('damaged-file', at, `Its shape takes ${needed} bytes, and ${length} are said to lie in ${printable(location)}.`);
    total += needed;
    if (total > maxBytes) throw refusal('over-limit', at, `With it the weights take ${total} bytes; at most ${maxBytes} are read.`);
    return { tensor, at, path: join(beside.folder, location), offset, needed };
  });
  const opened = new Map<string, GuardedFile>();
  try {
    for (const { tensor, at, path, offset, needed } of pieces) {
      const source = opened.get(path) ?? openBeside(path, at);
      opened.set(path, source);
      if (offset + needed > source.bytes)
        throw refusal(
          'damaged-file',
          at,
          `It ends behind the end of ${basename(path)}, which has ${source.bytes} bytes.`,
          'Copy both files again.',
        );
      tensor.rawData = source.read(offset, needed);
      tensor.dataLocation = Location.DEFAULT;
      tensor.externalData = [];
    }
  } finally {
    for (const file of opened.values()) file.close();
  }
}

function notFollowed(location: string, place: Place) {
  return refusal(
    'unsafe-file',
    place,
    `Its weights are in another file, ${printable(location)}, which is never followed.`,
    `Import the folder that holds both, or save one file: torch.onnx.export(…, external_data=False), or onnx.save(onnx.load(…), …) in Python.`,
  );
}

function openBeside(path: string, place: Place): GuardedFile {
  const name = basename(path);
  const status = lstatSync(path, { throwIfNoEntry: false });
  if (status === undefined)
    throw refusal('damaged-file', place, `Its weights are in ${name}, which is missing.`, 'Put it beside the model, in the same folder.');
  // Asked here too, as not every system can open without following.
  if (status.isSymbolicLink()) throw refusal('unsafe-file', place, `${name}, which holds its weights, is a link, which is never followed.`);
  return openGuarded(path, { ...place, member: name }, { alone: true });
}

function entriesOf(tensor: TensorProto, place: Place) {
  const entries = new Map(tensor.externalData.map(({ key, value }) => [key, value]));
  const whole = (key: string): number | undefined => {
    const text = entries.get(key);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (!/^\d{1,16}$/.test(text) || !Number.isSafeInteger(value))
      throw refusal('unsafe-file', place, `The ${key} of its bytes in another file, ${printable(text)}, can't be.`);
    return value;
  };
  return { location: entries.get('location') ?? '', offset: whole('offset') ?? 0, length: whole('length') };
}
