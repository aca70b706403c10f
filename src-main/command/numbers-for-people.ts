// Numbers as a person reads them: grouped thousands, units, three significant figures.

const grouped = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** 266610 → "266,610" */
export function count(value: number): string {
  return grouped.format(value);
}

/** 1066440 → "1.07 MB"; powers of 1000. */
export function bytes(value: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  const power = value < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3));
  return `${power === 0 ? value : threeFigures(value / 1000 ** power)} ${units[power]}`;
}

/** 416520 → "417 k"; powers of 1000. */
export function short(value: number): string {
  const units = ['', ' k', ' M', ' G', ' T'];
  const power = value < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3));
  return `${power === 0 ? value : threeFigures(value / 1000 ** power)}${units[power]}`;
}

/** 0.9831 → "98.31 %" */
export function percent(share: number, digits = 2): string {
  return `${(share * 100).toFixed(digits)} %`;
}

/** A difference of two shares in points: -0.0012 → "−0.12" */
export function points(difference: number): string {
  return `${difference < 0 ? '−' : '+'}${Math.abs(difference * 100).toFixed(2)}`;
}

/** Milliseconds: 0.14159 → "0.142 ms" */
export function milliseconds(value: number): string {
  return `${threeFigures(value)} ms`;
}

/** Seconds as a clock: 75 → "1:15", 3700 → "1:01:40" */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (value: number) => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** How many times smaller: 11.8× */
export function times(before: number, after: number): string {
  return after > 0 ? `${threeFigures(before / after)}×` : '—';
}

/** 1e-6 → "1.0e-6" */
export function tiny(value: number): string {
  return value === 0 ? '0' : value.toExponential(1);
}

/** (null, 28, 28, 1) → "28×28×1": the batch axis left out. */
export function shape(axes: readonly (number | null)[]): string {
  return (
    axes
      .slice(1)
      .map((size) => size ?? '?')
      .join('×') || '—'
  );
}

function threeFigures(value: number): string {
  if (value === 0) return '0';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(6, digits));
}
