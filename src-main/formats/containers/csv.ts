// The one reader of CSV: records streamed from a source of any size, quotes and separators as RFC 4180 has them, within limits.
import { refusal, type Place } from '../refusal.ts';
import type { ByteSource } from './guarded-file.ts';
import { firstNonUtf8 } from './utf8.ts';

const limits = { field: 16 * 1024 * 1024, columns: 100_000 };
const piece = 4 * 1024 * 1024;
const bom = Buffer.from([0xef, 0xbb, 0xbf]);

export type Separator = ',' | ';' | '\t';

/**
 * The records from the beginning on; empty lines are left out. `line` in a refusal counts from 1.
 * Worked example: `a,"b ""c"""⏎1,"2⏎3"` → ['a', 'b "c"'], ['1', '2⏎3'].
 * @param tell hears how many bytes have been read.
 * @throws StudioError `damaged-file` for text that is not UTF-8, a NUL, or a quote that never ends; `over-limit`.
 */
export function* readCsv(source: ByteSource, separator: Separator, place: Place, tell?: (bytes: number) => void): Iterable<string[]> {
  const separatorCode = separator.charCodeAt(0);
  let record: string[] = [];
  let field = '';
  /** Where we are in a field: nothing read yet, plain text, between quotes, or just after a closing quote. */
  let state: 'start' | 'plain' | 'quoted' | 'closed' = 'start';
  let line = 1;
  /** Bytes before the text at hand, and the character of it that is looked at. */
  let [before, at, text] = [source.read(0, 3).equals(bom) ? 3 : 0, 0, ''];
  const wrong = (code: 'damaged-file' | 'over-limit', what: string) =>
    refusal(code, { ...place, member: `line ${line}`, offset: before + Buffer.byteLength(text.slice(0, at)) }, what);
  const endField = (): void => {
    if (record.length >= limits.columns) throw wrong('over-limit', `It has more than ${limits.columns} columns.`);
    record.push(field);
    field = '';
    state = 'start';
  };
  const within = (): boolean => state === 'plain' || state === 'quoted';
  let afterReturn = false;
  for (text of textOf(source, place, tell)) {
    let from = 0;
    for (at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (state === 'quoted') {
        if (code === 10) line++;
        if (code !== 34) continue;
        field += text.slice(from, at);
        state = 'closed';
        continue;
      }
      if (code === 10 && afterReturn && state === 'start' && record.length === 0) {
        afterReturn = false;
        from = at + 1;
        continue;
      }
      afterReturn = false;
      if (code === separatorCode || code === 10 || code === 13) {
        if (state === 'plain') field += text.slice(from, at);
        from = at + 1;
        const blank = state === 'start' && record.length === 0 && code !== separatorCode;
        if (!blank) endField();
        if (code === separatorCode) continue;
        if (!blank) {
          yield record;
          record = [];
        }
        line++;
        afterReturn = code === 13;
      } else if (code === 34 && state === 'start') {
        state = 'quoted';
        from = at + 1;
      } else if (code === 34 && state === 'closed') {
        field += '"';
        state = 'quoted';
        from = at + 1;
      } else if (state === 'closed') {
        if (code !== 32) throw wrong('damaged-file', 'Something follows a closing quote before the separator.');
      } else if (state === 'start') {
        if (code === 0) throw wrong('damaged-file', 'It holds a zero byte: this is no text.');
        state = 'plain';
        from = at;
      } else if (code === 0) throw wrong('damaged-file', 'It holds a zero byte: this is no text.');
    }
    if (within()) field += text.slice(from);
    if (field.length > limits.field) throw wrong('over-limit', `A field takes more than ${limits.field} characters.`);
    before += Buffer.byteLength(text);
    text = '';
  }
  if (state === 'quoted') throw wrong('damaged-file', 'A quoted field never ends: the file is cut short, or a quote is missing.');
  if (state !== 'start' || record.length > 0) {
    endField();
    yield record;
  }
}

function* textOf(source: ByteSource, place: Place, tell?: (bytes: number) => void): Iterable<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for (let start = 0; start < source.bytes; start += piece) {
    const bytes = source.read(start, piece);
    try {
      yield decoder.decode(bytes, { stream: start + bytes.length < source.bytes });
    } catch (cause) {
      throw refusal(
        'damaged-file',
        { ...place, offset: start + firstNonUtf8(bytes) },
        'Its text is not UTF-8.',
        'Save it as UTF-8 text.',
        cause,
      );
    }
    tell?.(start + bytes.length);
  }
}

/** The separator that cuts the first lines into most columns, outside quotes. */
export function guessSeparator(source: ByteSource): Separator {
  const lines = source
    .read(0, 64 * 1024)
    .toString('utf8')
    .replace(/"(?:[^"]|"")*"/g, '')
    .split(/\r\n|\n|\r/, 20);
  const score = (separator: Separator) =>
    Math.min(
      ...lines
        .slice(0, Math.max(1, lines.length - 1))
        .filter((line) => line !== '')
        .map((line) => line.split(separator).length),
    );
  const candidates: readonly Separator[] = [',', ';', '\t'];
  return candidates.reduce((best, each) => (score(each) > score(best) ? each : best));
}
