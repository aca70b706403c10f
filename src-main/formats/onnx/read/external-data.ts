// Weights that lie in a file of their own beside the .onnx file, as PyTorch's exporter writes them: only there, only a plain file, only within its bytes.
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { TensorProto_DataLocation as Location, type TensorProto } from '../generated/onnx_pb.ts';
import { openGuarded, type GuardedFile } from '../../containers/guarded-file.ts';
import { bytesOf, safeElements } from '../../numeric-array.ts';
import { printable, refusal, type Place } from '../../refusal.ts';
import { isExternal, rawTypeOf } from './constant.ts';

/** The folder that an .onnx file lies in. */
export interface Beside {
  readonly folder: string;
  /** Whether a plain file name there may be read: any where the user chose the folder, else only those that can be nothing but this file's weights. */
  readonly allows: (name: string) => boolean;
}

/** `model.onnx` → `model.onnx.data` (PyTorch) and `model.onnx_data` (Optimum). */
export function ownDataFile(file: string): (name: string) => boolean {
  return (name) => name === `${file}.data` || name === `${file}_data`;
}

const maxBytes = 2 * 1024 ** 3 - 1;
/**
 * Puts the bytes of each initializer that is elsewhere where they would be in a file by itself. No `beside`: nothing may be elsewhere.
 * The rules are those of onnx's own docs/security.md: a plain name, no link, a regular file with one name only, offset and length within it.
 * @throws StudioError `unsafe-file`, `damaged-file`, `over-limit`, `unsupported`, `disk-error`
 */
export function fetchExternalData(tensors: readonly TensorProto[], beside: Beside | undefined, place: Place): void {
  const opened = new Map<string, GuardedFile>();
  try {
    for (const tensor of tensors.filter(isExternal)) {
      const at = { ...place, member: printable(tensor.name) };
      const { location, offset, length } = entriesOf(tensor, at);
      if (beside === undefined || !isPlain(location) || !beside.allows(location)) throw notFollowed(location, at);
      const needed = safeElements(tensor.dims.map(Number)) * bytesOf(rawTypeOf(tensor, at));
      if (length !== undefined && length !== needed)
        throw refusal('damaged-file', at, `Its shape takes ${needed} bytes, and ${length} are said to lie in ${printable(location)}.`);
      if (needed > maxBytes) throw refusal('over-limit', at, `It takes ${needed} bytes; at most ${maxBytes} are read.`);
      const source = opened.get(location) ?? openBeside(beside.folder, location, at);
      opened.set(location, source);
      if (offset + needed > source.bytes)
        throw refusal(
          'damaged-file',
          at,
          `It ends behind the end of ${printable(location)}, which has ${source.bytes} bytes.`,
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

/** A folder, a drive, a URL or a way upwards is no plain name. */
function isPlain(name: string): boolean {
  return name.length <= 255 && /^[\w.() -]+$/u.test(name) && !/^\.+$/.test(name) && !/[. ]$/.test(name);
}

function openBeside(folder: string, name: string, place: Place): GuardedFile {
  const path = join(folder, name);
  const status = lstatSync(path, { throwIfNoEntry: false });
  if (status === undefined)
    throw refusal(
      'damaged-file',
      place,
      `Its weights are in ${printable(name)}, which is missing.`,
      'Put it beside the model, in the same folder.',
    );
  if (status.isSymbolicLink())
    throw refusal('unsafe-file', place, `${printable(name)}, which holds its weights, is a link, which is never followed.`);
  if (status.nlink > 1)
    throw refusal('unsafe-file', place, `${printable(name)}, which holds its weights, is a file elsewhere too (a hard link).`, 'Copy it.');
  return openGuarded(path, place);
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
