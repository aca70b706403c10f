// A table's text, ready to be scanned: unpacked where it is gzipped, as UTF-8 where it is UTF-16.
import { openGuarded, type ByteSource } from '../containers/guarded-file.ts';
import { gunzip, isGzip } from '../containers/gzip.ts';
import { refusal, type Place } from '../refusal.ts';
import type { Opened } from './open-source.ts';

const piece = 4 * 1024 * 1024;

/** @throws StudioError `damaged-file`, `over-limit`, `unsafe-file`, `disk-full`. */
export async function openTable(opened: Opened, path: string, place: Place): Promise<ByteSource> {
  const file = opened.keep(openGuarded(path, place));
  if (!isGzip(file)) return asUtf8(opened, file, place);
  const scratch = opened.scratch.file(place);
  await gunzip(file, place, (part) => scratch.append(part));
  return asUtf8(opened, scratch.source(), place);
}

/** UTF-16 is told by its first two bytes, as Excel and PowerShell write them. */
function asUtf8(opened: Opened, source: ByteSource, place: Place): ByteSource {
  const [first, second] = source.read(0, 2);
  const little = first === 0xff && second === 0xfe;
  if (!little && !(first === 0xfe && second === 0xff)) return source;
  const scratch = opened.scratch.file(place);
  const decoder = new TextDecoder(little ? 'utf-16le' : 'utf-16be', { fatal: true });
  for (let start = 0; start < source.bytes; start += piece) {
    try {
      scratch.append(Buffer.from(decoder.decode(source.read(start, piece), { stream: start + piece < source.bytes })));
    } catch (cause) {
      throw refusal('damaged-file', place, 'It begins as UTF-16, but its text is none.', 'Save it as UTF-8 text.', cause);
    }
  }
  return scratch.source();
}
