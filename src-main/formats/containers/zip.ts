// The one reader of zip archives: nothing is ever extracted; named members are read, counted and CRC-checked.
// What the list of members at its end says has to be what stands in front of each, and no two may share bytes (as in bombs of overlapping members).
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import yauzl from 'yauzl';
import { orDamaged, printable, refusal, type Place } from '../refusal.ts';
import { sourceOf, type ByteSource } from './guarded-file.ts';

const piece = 1024 * 1024;

const limits = {
  members: 20_000,
  nameBytes: 1024,
  total: 8 * 1024 ** 3,
  member: 2 * 1024 ** 3 - 1,
  ratio: 200,
  ratioFrom: 16 * 1024 * 1024,
};

export interface ZipArchive {
  readonly names: readonly string[];
  has(name: string): boolean;
  /** @throws StudioError `damaged-file` where the member is absent, or its size or CRC is not what the archive says. */
  read(name: string): Promise<Uint8Array>;
  /** Hands the member's bytes on as they are unpacked; only when it has ended are they known to be whole. @throws StudioError as `read` */
  unpack(name: string, take: (part: Uint8Array) => void): Promise<void>;
}

/** @throws StudioError `damaged-file`, `unsafe-file` (links, encryption, names that climb out, duplicates), `over-limit`. */
export async function openZip(archive: Buffer | ByteSource, file: string): Promise<ZipArchive> {
  const place = { file };
  const source = Buffer.isBuffer(archive) ? sourceOf(archive) : archive;
  const zip = await orDamaged(place, "Its list of members can't be read.", () =>
    yauzl.fromRandomAccessReaderPromise(new SourceReader(source), source.bytes, {
      lazyEntries: true,
      validateEntrySizes: true,
      decodeStrings: false,
      autoClose: false,
    }),
  );
  const entries = new Map<string, yauzl.Entry>();
  const spans: Span[] = [];
  let total = 0;
  await orDamaged(place, 'Its list of members is cut short or contradicts itself.', async () => {
    for await (const entry of zip.eachEntry()) {
      const name = memberName(entry, file);
      checkEntry(entry, { file, member: name });
      if (entries.has(name)) throw refusal('unsafe-file', { file, member: name }, 'Two members have this name.');
      entries.set(name, entry);
      spans.push(spanOf(entry, name, source, { file, member: name }));
      total += entry.uncompressedSize;
      if (entries.size > limits.members) throw refusal('over-limit', place, `It has more than ${limits.members} members.`);
      if (total > limits.total) throw refusal('over-limit', place, `Its members add up to more than ${limits.total} bytes.`);
    }
  });
  apart(spans, file);
  async function unpack(name: string, take: (part: Uint8Array) => void): Promise<void> {
    const member = { file, member: name };
    const entry = entries.get(name);
    if (entry === undefined) throw refusal('damaged-file', member, `The archive has no member named ${name}.`);
    await orDamaged(member, "It can't be unpacked: its bytes or its size are not what the archive says.", async () => {
      let count = 0;
      let checksum = 0;
      for await (const part of await zip.openReadStreamPromise(entry)) {
        if (!Buffer.isBuffer(part)) continue;
        count += part.length;
        checksum = crc32(part, checksum);
        if (count > entry.uncompressedSize)
          throw refusal('damaged-file', member, `It unpacks to more than the ${entry.uncompressedSize} bytes it declares.`);
        take(part);
      }
      if (count !== entry.uncompressedSize || checksum !== entry.crc32)
        throw refusal('damaged-file', member, 'Its checksum (CRC-32) is wrong.');
    });
  }
  return {
    names: [...entries.keys()],
    has: (name) => entries.has(name),
    unpack,
    async read(name) {
      const size = entries.get(name)?.uncompressedSize ?? 0;
      if (size > limits.member)
        throw refusal('over-limit', { file, member: name }, `It declares ${size} bytes; at most ${limits.member} are read.`);
      // Of the size that is checked while it is filled: parts gathered first would be there twice.
      const whole = new Uint8Array(size);
      let at = 0;
      await unpack(name, (part) => {
        whole.set(part, at);
        at += part.length;
      });
      return whole;
    },
  };
}

/** What yauzl reads from: ranges of our source, a megabyte at a time. */
class SourceReader extends yauzl.RandomAccessReader {
  readonly #source: ByteSource;

  constructor(source: ByteSource) {
    super();
    this.#source = source;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    const source = this.#source;
    return Readable.from(
      (function* () {
        for (let at = start; at < end; at += piece) yield source.read(at, Math.min(piece, end - at));
      })(),
      { objectMode: false },
    );
  }

  override read(buffer: Buffer, offset: number, length: number, position: number, callback: (error: Error | null) => void): void {
    const copied = this.#source.read(position, length).copy(buffer, offset);
    setImmediate(callback, copied < length ? new Error('unexpected end of the archive') : null);
  }
}

function memberName(entry: yauzl.Entry, file: string): string {
  const raw = entry.fileNameRaw;
  if (raw.length > limits.nameBytes)
    throw refusal('over-limit', { file }, `A member's name takes ${raw.length} bytes; at most ${limits.nameBytes} are allowed.`);
  const name = raw.toString('utf8');
  // Windows drops dots and spaces at the end of a name.
  if (/[. ](?:[/\\]|$)/.test(name) && !name.split(/[/\\]/).includes('..'))
    throw refusal(
      'unsafe-file',
      { file, member: name },
      "This member's name ends in a dot or a space, which not every system tells apart.",
    );
  const climbs = name.split(/[/\\]/).includes('..') || /^[/\\]|^[A-Za-z]:|\\|\0/.test(name) || name === '';
  if (climbs) throw refusal('unsafe-file', { file, member: name }, "This member's name points outside the archive.");
  return name;
}

/** The bytes that a member takes in its archive, from its own header on. */
interface Span {
  readonly member: string;
  readonly start: number;
  readonly end: number;
}

const localHeader = { bytes: 30, signature: 0x04034b50 };
const sizesFollow = 8;
const inZip64Field = 0xffff_ffff;

/** @throws StudioError where the member's own header says something else than the list: readers that go by either would read different things. */
function spanOf(entry: yauzl.Entry, name: string, source: ByteSource, place: Place): Span {
  const start = entry.relativeOffsetOfLocalHeader;
  const raw = entry.fileNameRaw;
  const header = source.read(start, localHeader.bytes + raw.length);
  if (header.length < localHeader.bytes || header.readUInt32LE(0) !== localHeader.signature)
    throw refusal('damaged-file', place, 'There is no header where this member is said to lie.');
  const [nameBytes, extraBytes] = [header.readUInt16LE(26), header.readUInt16LE(28)];
  if (nameBytes !== raw.length || !raw.equals(header.subarray(localHeader.bytes)))
    throw refusal('unsafe-file', place, `${printable(name)} has another name where it lies than in the list of members.`);
  const stated = [header.readUInt32LE(14), header.readUInt32LE(18), header.readUInt32LE(22)];
  const listed = [entry.crc32, entry.compressedSize, entry.uncompressedSize];
  const differs = stated.some((value, at) => value !== listed[at] && value !== inZip64Field);
  if (header.readUInt16LE(8) !== entry.compressionMethod || ((header.readUInt16LE(6) & sizesFollow) === 0 && differs))
    throw refusal('damaged-file', place, 'Its method, size or checksum is not the same where it lies and in the list of members.');
  return { member: name, start, end: start + localHeader.bytes + nameBytes + extraBytes + entry.compressedSize };
}

function apart(spans: readonly Span[], file: string): void {
  const inOrder = spans.toSorted((one, other) => one.start - other.start);
  inOrder.forEach(({ member, start }, at) => {
    const before = inOrder[at - 1];
    if (before !== undefined && start < before.end)
      throw refusal('unsafe-file', { file, member }, `This member and ${printable(before.member)} lie on each other in the archive.`);
  });
}

function checkEntry(entry: yauzl.Entry, place: Place): void {
  const unixType = (entry.externalFileAttributes >>> 16) & 0xf000;
  if (unixType === 0xa000) throw refusal('unsafe-file', place, 'This member is a link.');
  if (entry.isEncrypted()) throw refusal('unsafe-file', place, 'This member is encrypted.', 'Save the archive without a password.');
  if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8)
    throw refusal('unsupported', place, `It is packed by method ${entry.compressionMethod}; stored and deflated members are read.`);
  if (entry.uncompressedSize > limits.ratioFrom && entry.uncompressedSize > limits.ratio * entry.compressedSize) {
    throw refusal(
      'over-limit',
      place,
      `It would unpack ${entry.compressedSize} bytes to ${entry.uncompressedSize}: more than ${limits.ratio} times as many.`,
    );
  }
}
