// The one reader of CSV: records scanned in the bytes of a source of any size, quotes and separators as RFC 4180 has them, within limits. Long because
// it is one scan, whose states are met in one loop.
import { isUtf8 } from 'node:buffer';
import { refusal, type Place } from '../refusal.ts';
import type { ByteSource } from './guarded-file.ts';
import { numberInBytes } from './number-in-bytes.ts';
import { firstNonUtf8 } from './utf8.ts';

const limits = { field: 16 * 1024 * 1024, columns: 100_000, record: 256 * 1024 * 1024 };
const piece = 4 * 1024 * 1024;
const [tab, lineFeed, carriageReturn, space, quote] = [9, 10, 13, 32, 34] as const;

/** A space stands for any run of spaces and tabs, as in aligned tables. */
export type Separator = ',' | ';' | '\t' | '|' | ' ';
export type Decimal = '.' | ',';

/** The record at hand; it is another one as soon as the next is asked for. */
export interface CsvRecord {
  readonly length: number;
  /** Of its beginning, from 1. */
  readonly line: number;
  /** Without its quotes. */
  bytesOf(field: number): number;
  text(field: number): string;
  /** Decimal notation or a word for infinity; NaN for all else. */
  number(field: number, decimal?: Decimal): number;
  texts(): string[];
}

/** As `scanCsv`, each record as strings of its own. */
export function* readCsv(source: ByteSource, separator: Separator, place: Place, tell?: (bytes: number) => void): Iterable<string[]> {
  for (const record of scanCsv(source, separator, place, tell)) yield record.texts();
}

/**
 * The records from the beginning on; empty lines are left out. `line` in a refusal counts from 1.
 * Worked example: `a,"b ""c"""⏎1,"2⏎3"` → ['a', 'b "c"'], ['1', '2⏎3'].
 * @param tell hears how many bytes have been read.
 * @throws StudioError `damaged-file` for text that is not UTF-8, a NUL, or a quote that never ends; `over-limit`.
 */
export function* scanCsv(source: ByteSource, separator: Separator, place: Place, tell?: (bytes: number) => void): Iterable<CsvRecord> {
  const window = new Window(source, place);
  const fields = new Fields(separator, place);
  let at = 0;
  for (let more = true; more;) {
    at = window.fill(at);
    for (;;) {
      const next = fields.scan(window, at);
      if (next < 0) break;
      at = next;
      if (fields.length > 0) yield fields;
    }
    more = !window.last;
    tell?.(window.start + window.bytes.length);
  }
}

function countLines(bytes: Buffer, from: number, to: number): number {
  let count = 0;
  for (let at = bytes.indexOf(lineFeed, from); at >= 0 && at < to; at = bytes.indexOf(lineFeed, at + 1)) count++;
  return count;
}

/** A stretch of the source that moves on by whole records. */
class Window {
  bytes: Buffer = Buffer.alloc(0);
  /** Of the first byte, in the source. */
  start = 0;
  last = false;
  readonly #source: ByteSource;
  readonly #place: Place;
  #checked = 0;

  constructor(source: ByteSource, place: Place) {
    this.#source = source;
    this.#place = place;
    this.start = source.read(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])) ? 3 : 0;
    this.#checked = this.start;
  }

  /** Drops what lies before `from`, reads on, and tells where `from` is now. @throws StudioError `damaged-file`, `over-limit`. */
  fill(from: number): number {
    const kept = this.bytes.subarray(from);
    if (kept.length > limits.record) throw refusal('over-limit', this.#place, `A record takes more than ${limits.record} bytes.`);
    this.start += from;
    const next = this.start + kept.length;
    const more = this.#source.read(next, Math.max(piece, kept.length));
    this.bytes = kept.length === 0 ? more : Buffer.concat([kept, more]);
    this.last = next + more.length >= this.#source.bytes;
    this.#check();
    return 0;
  }

  /** A character that the window cuts is left for the next one. */
  #check(): void {
    const end = this.last ? this.bytes.length : lastCharacter(this.bytes);
    const fresh = this.bytes.subarray(this.#checked - this.start, end);
    if (!isUtf8(fresh))
      throw refusal(
        'damaged-file',
        { ...this.#place, offset: this.#checked + firstNonUtf8(fresh) },
        'Its text is not UTF-8.',
        'Save it as UTF-8 text; in Excel choose "CSV UTF-8".',
      );
    this.#checked += fresh.length;
  }
}

/** Where the last character begins that may not be whole: at most three bytes before the end. */
function lastCharacter(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte >= 0xc0) return bytes.length - back;
    if (byte < 0x80) break;
  }
  return bytes.length;
}

class Fields implements CsvRecord {
  length = 0;
  line = 1;
  readonly #place: Place;
  /** 1 for each byte that ends a field without quotes. */
  readonly #ends = new Uint8Array(256);
  readonly #runs: boolean;
  #next = 1;
  #bytes: Buffer = Buffer.alloc(0);
  #from = new Int32Array(64);
  #to = new Int32Array(64);
  #doubled = new Uint8Array(64);

  constructor(separator: Separator, place: Place) {
    this.#place = place;
    this.#runs = separator === ' ';
    for (const code of [0, lineFeed, carriageReturn, separator.charCodeAt(0), ...(this.#runs ? [tab] : [])]) this.#ends[code] = 1;
  }

  /** Takes the record that begins at `at`, or an empty line, and tells where the next begins; −1 where the window ends before it does. */
  scan({ bytes, last, start }: Window, at: number): number {
    const end = bytes.length;
    const ends = this.#ends;
    const begun = at;
    this.#bytes = bytes;
    this.length = 0;
    this.line = this.#next;
    /** Lines that quotes hold together. */
    let within = 0;
    if (at >= end) return -1;
    for (;;) {
      if (this.#runs) while (at < end && (bytes[at] === space || bytes[at] === tab)) at++;
      const from = at;
      let stop = at;
      if (at < end && bytes[at] === quote) {
        const closing = this.#closing(bytes, from, within + this.#next, start, last);
        if (closing < 0) return -1;
        stop = closing;
        within += countLines(bytes, from, stop);
        for (at = stop + 1; at < end && bytes[at] === space;) at++;
        if (at >= end && !last) return -1;
        if (at < end && ends[bytes[at]!] === 0)
          throw this.#wrong(within, start + at, 'Something follows a closing quote before the separator.');
        this.#add(from + 1, stop, bytes.indexOf(quote, from + 1) < stop, start);
      } else {
        while (at < end && ends[bytes[at]!] === 0) at++;
        stop = at;
        if (stop - from > limits.field) throw this.#tooLong(within, start + at);
        if (at >= end && !last) return -1;
        const code = at < end ? bytes[at]! : lineFeed;
        if (code === 0) throw this.#wrong(within, start + at, 'It holds a zero byte: this is no text.');
        const lineEnds = code === lineFeed || code === carriageReturn;
        if (stop > from || !lineEnds || (this.length > 0 && !this.#runs)) {
          if (this.length < this.#from.length && this.length < limits.columns) {
            this.#from[this.length] = from;
            this.#to[this.length] = stop;
            this.#doubled[this.length++] = 0;
          } else this.#add(from, stop, false, start);
        }
      }
      if (at >= end) return end === begun ? -1 : end;
      const code = bytes[at++]!;
      if (code !== lineFeed && code !== carriageReturn) continue;
      if (code === carriageReturn && at >= end && !last) return -1;
      if (code === carriageReturn && bytes[at] === lineFeed) at++;
      this.#next += within + 1;
      return at;
    }
  }

  /** Where the quote stands that closes the one at `from`; −1 where more must be read to know. */
  #closing(bytes: Buffer, from: number, line: number, start: number, last: boolean): number {
    let at = bytes.indexOf(quote, from + 1);
    while (at >= 0 && bytes[at + 1] === quote) at = bytes.indexOf(quote, at + 2);
    if ((at < 0 ? bytes.length : at) - from > limits.field) throw this.#tooLong(line - this.#next, start + from);
    if (at >= 0 && (last || at + 1 < bytes.length)) return at;
    if (!last) return -1;
    throw this.#wrong(line - this.#next, start + from, 'A quoted field never ends: the file is cut short, or a quote is missing.');
  }

  #wrong(within: number, offset: number, what: string): Error {
    return refusal('damaged-file', { ...this.#place, member: `line ${this.#next + within}`, offset }, what);
  }

  #tooLong(within: number, offset: number): Error {
    return refusal(
      'over-limit',
      { ...this.#place, member: `line ${this.#next + within}`, offset },
      `A field takes more than ${limits.field} bytes.`,
    );
  }

  #add(from: number, to: number, doubled: boolean, start: number): void {
    if (this.length >= limits.columns)
      throw refusal(
        'over-limit',
        { ...this.#place, member: `line ${this.#next}`, offset: start + from },
        `It has more than ${limits.columns} columns.`,
      );
    if (this.length === this.#from.length) {
      this.#from = grown(this.#from);
      this.#to = grown(this.#to);
      const flags = new Uint8Array(this.#from.length);
      flags.set(this.#doubled);
      this.#doubled = flags;
    }
    this.#from[this.length] = from;
    this.#to[this.length] = to;
    this.#doubled[this.length++] = doubled ? 1 : 0;
  }

  bytesOf(field: number): number {
    return this.#to[field]! - this.#from[field]!;
  }

  text(field: number): string {
    const text = this.#bytes.toString('utf8', this.#from[field]!, this.#to[field]!);
    return this.#doubled[field] === 1 ? text.replaceAll('""', '"') : text;
  }

  number(field: number, decimal: Decimal = '.'): number {
    return numberInBytes(this.#bytes, this.#from[field]!, this.#to[field]!, decimal);
  }

  texts(): string[] {
    return Array.from({ length: this.length }, (_, field) => this.text(field));
  }
}

function grown(numbers: Int32Array): Int32Array<ArrayBuffer> {
  const more = new Int32Array(numbers.length * 2);
  more.set(numbers);
  return more;
}

/** Outside quotes, the one that cuts the first lines into most fields; spaces only where none of the others cuts them all. */
export function guessSeparator(source: ByteSource): Separator {
  const lines = source
    .read(0, 64 * 1024)
    .toString('utf8')
    .replace(/"(?:[^"]|"")*"/g, '""')
    .split(/\r\n|\n|\r/, 20);
  const whole = lines.slice(0, Math.max(1, lines.length - 1)).filter((line) => line.trim() !== '');
  const fields = (line: string, separator: Separator) => (separator === ' ' ? line.trim().split(/[ \t]+/) : line.split(separator)).length;
  const score = (separator: Separator) => Math.min(...whole.map((line) => fields(line, separator)));
  const candidates: readonly Separator[] = [',', ';', '\t', '|'];
  const best = candidates.reduce((most, each) => (score(each) > score(most) ? each : most));
  const alike = new Set(whole.map((line) => fields(line, ' ')));
  return score(best) < 2 && alike.size === 1 && score(' ') > 1 ? ' ' : best;
}
