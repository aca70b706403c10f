// A number in decimal notation, read where it stands in a file's bytes; no string is made for it.
import type { Decimal } from './csv.ts';

/** 10^0 to 10^22 are exact as doubles, so that one division or product of an exact whole number is rounded correctly. */
const powers = Array.from({ length: 23 }, (_, power) => 10 ** power);
const exactBelow = 2 ** 53 / 10 - 1;
const infinity = /^[+-]?inf(inity)?$/i;

/** NaN for what is no number; "inf" and "-Infinity" are infinite. Worked example: ` -12.5e-1 ` → −125 / 10^2 = −1.25. */
export function numberInBytes(bytes: Buffer, from: number, to: number, decimal: Decimal = '.'): number {
  let at = from;
  let end = to;
  // Pixels and counts: nothing but a few digits.
  if (end - at <= 9 && end > at) {
    let value = 0;
    for (; at < end; at++) {
      const digit = bytes[at]! - 48;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    if (at === end) return value;
    at = from;
  }
  while (at < end && isBlank(bytes[at]!)) at++;
  while (end > at && isBlank(bytes[end - 1]!)) end--;
  const start = at;
  const sign = bytes[at];
  if (sign === 43 || sign === 45) at++;
  let whole = 0;
  let digits = 0;
  for (; at < end; at++, digits++) {
    const digit = bytes[at]! - 48;
    if (digit < 0 || digit > 9) break;
    if (whole > exactBelow) return slowly(bytes, start, end, decimal);
    whole = whole * 10 + digit;
  }
  let power = 0;
  if (at < end && bytes[at] === (decimal === '.' ? 46 : 44)) {
    for (at++; at < end; at++, digits++, power--) {
      const digit = bytes[at]! - 48;
      if (digit < 0 || digit > 9) break;
      if (whole > exactBelow) return slowly(bytes, start, end, decimal);
      whole = whole * 10 + digit;
    }
  }
  if (at < end || digits === 0) return end > at ? slowly(bytes, start, end, decimal) : NaN;
  if (power < -22) return slowly(bytes, start, end, decimal);
  const value = power === 0 ? whole : whole / powers[-power]!;
  return sign === 45 ? -value : value;
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}

function slowly(bytes: Buffer, from: number, to: number, decimal: Decimal): number {
  const first = bytes[from]! | 32;
  const text = to - from <= 4096 && (first <= 57 || first === 105) ? bytes.toString('latin1', from, to) : '';
  if (infinity.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  const dotted = decimal === '.' ? text : text.replace(',', '.');
  if (decimal === ',' && text.includes('.')) return NaN;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(dotted) ? Number(dotted) : NaN;
}
