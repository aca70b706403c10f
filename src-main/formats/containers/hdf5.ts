// The one reader of HDF5: in memory only, hard links only, every object audited before the first value is read.
import h5wasm, { Dataset, Group, type File } from 'h5wasm';
import { StudioError } from '#contract/errors.ts';
import { fromOwnRaw, fromRaw, safeElements, type NumericArray, type RawType } from '../numeric-array.ts';
import { refusal, type Place } from '../refusal.ts';

const limits = {
  file: 2 * 1024 ** 3 - 1,
  objects: 50_000,
  depth: 32,
  tensor: 1024 ** 3,
  total: 4 * 1024 ** 3,
  ratio: 200,
  ratioFrom: 64 * 1024 * 1024,
  attribute: 64 * 1024 * 1024,
};
/** What HDF5 itself unpacks: deflate, shuffle, Fletcher's checksum, n-bit, scale and offset; others are plug-ins that it would look for on the disk. */
const ownFilters: ReadonlySet<number> = new Set([1, 2, 3, 5, 6]);
/** Bytes of a tensor that are read at once. */
const PART = 8 * 1024 * 1024;
let opened = 0;
/** To Emscripten's file system: take the array itself. */
const ours = { flags: 'w', canOwn: true };

export interface Hdf5 {
  isGroup(path: string): boolean;
  isDataset(path: string): boolean;
  keys(path: string): readonly string[];
  /** A string attribute, or undefined where there is none. */
  text(path: string, attribute: string): string | undefined;
  /** A list of strings; h5py spreads long ones over `name0`, `name1`, … */
  texts(path: string, attribute: string): readonly string[] | undefined;
  tensor(path: string): NumericArray;
}

/**
 * The plain entry of h5wasm sees an in-memory file system alone, so external links and external storage have nothing to reach.
 * @throws StudioError `damaged-file`, `unsafe-file`, `over-limit`, `unsupported`; also for what `action` meets in the file.
 */
export async function withHdf5<T>(bytes: Uint8Array, place: Place, action: (file: Hdf5) => T): Promise<T> {
  if (bytes.byteLength > limits.file)
    throw refusal('over-limit', place, `It has ${bytes.byteLength} bytes; at most ${limits.file} are read.`);
  const module = await h5wasm.ready;
  const name = `/opened-${++opened}.h5`;
  let file: File | undefined;
  try {
    // Without it HDF5 prints its errors and hands back what memory holds. What a damaged file before did to its heap ends here too.
    module.activate_throwing_error_handler();
    // Handed over, not copied: nobody writes to it, here or there.
    module.FS.writeFile(name, bytes, ours);
    file = new h5wasm.File(name, 'r');
    audit(file, module, bytes.byteLength, place);
    return action(reader(file, module, place));
  } catch (thrown) {
    if (thrown instanceof StudioError) throw thrown;
    const external = thrown instanceof Error && /external/i.test(thrown.message);
    throw external
      ? refusal('unsafe-file', place, 'It keeps data in another file (external storage), which is never followed.', undefined, thrown)
      : refusal('damaged-file', place, "Its HDF5 structure can't be read: it is cut short or contradicts itself.", undefined, thrown);
  } finally {
    quietly(() => file?.close());
    quietly(() => module.FS.unlink(name));
  }
}

type Module = Awaited<typeof h5wasm.ready>;

/** Walks every link. A group that contains itself is met again and again, until it is too deep. */
function audit(file: File, module: Module, bytes: number, place: Place): void {
  let objects = 0;
  let total = 0;
  const visit = (path: string, depth: number): void => {
    if (depth > limits.depth)
      throw refusal(
        'unsafe-file',
        { ...place, member: inFile(place, path.slice(0, 60)) },
        'Its groups contain themselves, or are nested too deep.',
      );
    for (const key of module.get_names(file.file_id, path, false)) {
      const inner = path === '/' ? `/${key}` : `${path}/${key}`;
      const where = { ...place, member: inFile(place, inner) };
      if (++objects > limits.objects) throw refusal('over-limit', place, `It holds more than ${limits.objects} objects.`);
      if (key === '.' || key === '' || key.length > 1024) throw refusal('unsafe-file', where, "An object in it has a name that can't be.");
      if (module.get_symbolic_link(file.file_id, inner) !== null)
        throw refusal('unsafe-file', where, 'It is a soft link, which is never followed.');
      const entity = file.get(inner);
      if (entity instanceof Group) visit(inner, depth + 1);
      else if (entity instanceof Dataset) {
        const { metadata } = entity;
        if ((metadata.virtual_sources?.length ?? 0) > 0)
          throw refusal('unsafe-file', where, 'It is a virtual dataset, which takes its data from elsewhere.');
        const foreign = module.get_dataset_filters(file.file_id, inner).find(({ id }) => !ownFilters.has(id));
        if (foreign !== undefined)
          throw refusal(
            'unsupported',
            where,
            `It is packed by the HDF5 filter ${foreign.id}, which is a plug-in.`,
            'Save it with gzip, or unpacked.',
          );
        const size = safeElements(metadata.shape ?? []) * metadata.size;
        total += size;
        if (size > limits.tensor || total > limits.total)
          throw refusal('over-limit', where, `Shape (${(metadata.shape ?? []).join(', ')}) is larger than what is read.`);
        if (total > limits.ratioFrom && total > limits.ratio * bytes) {
          throw refusal(
            'over-limit',
            where,
            `Its datasets declare ${total} bytes, more than ${limits.ratio} times the file's own ${bytes}.`,
          );
        }
      } else throw refusal('unsafe-file', where, 'It is an external link or an object that no model needs.');
    }
  };
  visit('/', 0);
}

function reader(file: File, module: Module, place: Place): Hdf5 {
  const at = (path: string) => (path === '/' || path === '' ? file : file.get(path));
  const value = (path: string, attribute: string): unknown => {
    const entity = at(path);
    if (!(entity instanceof Group) && !(entity instanceof Dataset)) return undefined;
    if (!module.get_attribute_names(file.file_id, path === '' ? '/' : path).includes(attribute)) return undefined;
    const metadata = module.get_attribute_metadata(file.file_id, path === '' ? '/' : path, attribute);
    if (safeElements(metadata.shape ?? []) * metadata.size > limits.attribute)
      throw refusal('over-limit', { ...place, member: inFile(place, path) }, `Its attribute ${attribute} is too large.`);
    return entity.get_attribute(attribute, false);
  };
  return {
    isGroup: (path) => at(path) instanceof Group,
    isDataset: (path) => at(path) instanceof Dataset,
    keys: (path) => (at(path) instanceof Group ? module.get_names(file.file_id, path === '' ? '/' : path, false) : []),
    text(path, attribute) {
      const found = value(path, attribute);
      return typeof found === 'string' ? found : Array.isArray(found) && typeof found[0] === 'string' ? found[0] : undefined;
    },
    texts(path, attribute) {
      const whole = strings(value(path, attribute));
      if (whole !== undefined) return whole;
      const parts: string[] = [];
      for (let part = 0; part < limits.objects; part++) {
        const more = strings(value(path, `${attribute}${part}`));
        if (more === undefined) return part === 0 ? undefined : parts;
        parts.push(...more);
      }
      return parts;
    },
    tensor: (path) => tensorAt(file, module, path, { ...place, member: inFile(place, path) }),
  };
}

function tensorAt(file: File, module: Module, path: string, place: Place): NumericArray {
  const entity = file.get(path);
  if (!(entity instanceof Dataset)) throw refusal('damaged-file', place, 'The tensor that belongs here is missing.');
  const { type, size, signed, shape, vlen, littleEndian, chunks } = entity.metadata;
  const raw = typeOf(type, size, signed);
  if (raw === undefined || vlen || shape === null || !littleEndian)
    throw refusal('unsupported', place, 'It does not hold plain little-endian numbers.', 'Save the model in float32.');
  const bytes = safeElements(shape) * size;
  if (bytes === 0) return { ...fromRaw(raw, new Uint8Array(0), place), shape: [...shape] };
  // What lies in one piece is read some rows at a time, as what HDF5 once took of memory it never gives back; chunks would be unpacked over and over.
  const rows = chunks === null ? (shape[0] ?? 1) : 1;
  const row = bytes / rows;
  const atOnce = Math.min(rows, Math.max(1, Math.floor(PART / row)));
  const own = new Uint8Array(bytes);
  const pointer = module._malloc(atOnce * row);
  if (pointer === 0) throw refusal('over-limit', place, `There is no memory for its ${bytes} bytes.`);
  try {
    for (let from = 0; from < rows; from += atOnce) {
      const here = Math.min(atOnce, rows - from);
      module.HEAPU8.fill(0, pointer, pointer + here * row);
      const [count, offset, strides] = here === rows ? [null, null, null] : slab(shape, from, here);
      module.get_dataset_data(file.file_id, path, count, offset, strides, BigInt(pointer));
      own.set(module.HEAPU8.subarray(pointer, pointer + here * row), from * row);
    }
    return { ...fromOwnRaw(raw, own, place), shape: [...shape] };
  } finally {
    module._free(pointer);
  }
}

/** Some whole rows: how many entries of each axis, from which on, one after the other. */
function slab(shape: readonly number[], from: number, rows: number): [bigint[], bigint[], bigint[]] {
  return [
    shape.map((size, axis) => BigInt(axis === 0 ? rows : size)),
    shape.map((_, axis) => BigInt(axis === 0 ? from : 0)),
    shape.map(() => 1n),
  ];
}

/** HDF5's classes 0 (integer) and 1 (floating point). */
function typeOf(type: number, size: number, signed: boolean): RawType | undefined {
  const name = `${type === 1 ? 'f' : type === 0 ? (signed ? 'i' : 'u') : '?'}${size}`;
  const all: readonly RawType[] = ['f2', 'f4', 'f8', 'i1', 'i2', 'i4', 'i8', 'u1', 'u2', 'u4', 'u8'];
  return all.find((known) => known === name);
}

function strings(value: unknown): string[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return [inUtf8(value)];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string').map(inUtf8) : ArrayBuffer.isView(value) ? [] : undefined;
}

/** h5py writes UTF-8 into strings of a fixed length without saying so, and h5wasm takes each byte for a character. */
function inUtf8(text: string): string {
  if (!/[\x80-\xff]/.test(text) || [...text].some((character) => character.charCodeAt(0) > 0xff)) return text;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(text, 'latin1'));
  } catch {
    return text;
  }
}

function inFile(place: Place, path: string): string {
  return place.member === undefined ? path : `${place.member}:${path}`;
}

function quietly(action: () => unknown): void {
  try {
    action();
  } catch {
    // A file that couldn't be read need not close well.
  }
}
