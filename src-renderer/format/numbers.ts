// Numbers for a person: thin-spaced thousands, three significant figures, "—" for what isn't known.
export const unknown = '—';
/** U+202F: groups digits and stands between a number and its unit without ever breaking the line. */
export const thinSpace = '\u202f';
const minus = '\u2212';

type Maybe = number | null | undefined;

function known(value: Maybe): value is number {
  return value !== null && value !== undefined && Number.isFinite(value);
}

/** 266610 → "266 610". Whole numbers, in full. */
export function count(value: Maybe): string {
  if (!known(value)) return unknown;
  const digits = String(Math.abs(Math.round(value))).replace(/\B(?=(\d{3})+$)/g, thinSpace);
  return value < 0 ? minus + digits : digits;
}

/** Three significant figures without an exponent: 0.012345 → "0.0123", 1234.5 → "1 230". */
export function significant(value: Maybe, figures = 3): string {
  if (!known(value)) return unknown;
  if (value === 0) return '0';
  const rounded = Number(value.toPrecision(figures));
  const magnitude = Math.floor(Math.log10(Math.abs(rounded)));
  const [whole = '0', fraction] = Math.abs(rounded)
    .toFixed(Math.min(Math.max(figures - 1 - magnitude, 0), 12))
    .split('.');
  const text = whole.replace(/\B(?=(\d{3})+$)/g, thinSpace) + (fraction === undefined ? '' : `.${fraction}`);
  return rounded < 0 ? minus + text : text;
}

/** 266610 → "267 k", 4123456 → "4.12 M", 64 → "64": for lists and axes, where three figures are enough. */
export function compactCount(value: Maybe): string {
  if (!known(value)) return unknown;
  const steps = [
    [1e9, 'G'],
    [1e6, 'M'],
    [1e3, 'k'],
  ] as const;
  const step = steps.find(([size]) => Number(Math.abs(value).toPrecision(3)) >= size);
  if (step === undefined) return Number.isInteger(value) ? count(value) : significant(value);
  return `${significant(value / step[0])}${thinSpace}${step[1]}`;
}

/** Decimal units, as file managers and flash data sheets count: 1 066 440 → "1.07 MB". */
export function bytes(value: Maybe): string {
  if (!known(value)) return unknown;
  const steps = [
    [1e9, 'GB'],
    [1e6, 'MB'],
    [1e3, 'KB'],
  ] as const;
  const step = steps.find(([size]) => Number(Math.abs(value).toPrecision(3)) >= size);
  return step === undefined ? `${count(value)}${thinSpace}B` : `${significant(value / step[0])}${thinSpace}${step[1]}`;
}

/** In full, for tooltips: "1 066 440 bytes". */
export function bytesInFull(value: Maybe): string {
  return known(value) ? `${count(value)} bytes` : unknown;
}

/** A share of 1 as percent: 0.98312 → "98.31 %". */
export function percent(share: Maybe, decimals = 2): string {
  if (!known(share)) return unknown;
  const text = (Math.abs(share) * 100).toFixed(decimals);
  return `${share < 0 && Number(text) !== 0 ? minus : ''}${text}${thinSpace}%`;
}

/** A sparsity or progress with no needless decimals: 0.9 → "90 %", 0.975 → "97.5 %". */
export function share(value: Maybe): string {
  if (!known(value)) return unknown;
  return `${String(Number((value * 100).toFixed(1))).replace('-', minus)}${thinSpace}%`;
}

/** 3.14159 → "3.14". Losses span magnitudes, so figures rather than decimals. */
export function loss(value: Maybe): string {
  return significant(value);
}
