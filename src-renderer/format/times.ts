// Durations and moments for a person: "9.4 ms", "about 2 min left", "14:05", "21 Nov".
import type { Runtime } from '#contract/nouns.ts';
import { significant, thinSpace, unknown } from './numbers.ts';

type Maybe = number | null | undefined;

/** 0.0421 → "0.0421 ms", 1234 → "1.23 s". */
export function milliseconds(value: Maybe): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return unknown;
  return value >= 1000 ? `${significant(value / 1000)}${thinSpace}s` : `${significant(value)}${thinSpace}ms`;
}

/** What the runtimes are called among people. */
export const runtimeNames = { tensorflow: 'TensorFlow', onnxruntime: 'ONNX Runtime' } as const satisfies Record<Runtime, string>;

/** 8.2 → "8 s", 74 → "1 min 14 s", 5400 → "1 h 30 min". */
export function duration(seconds: Maybe): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return unknown;
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole}${thinSpace}s`;
  if (whole < 3600) return joined([Math.floor(whole / 60), 'min'], [whole % 60, 's']);
  const minutes = Math.round(whole / 60);
  return joined([Math.floor(minutes / 60), 'h'], [minutes % 60, 'min']);
}

/** "12 s left", "about 4 min left"; nothing where it can't be told yet. */
export function timeLeft(seconds: Maybe): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return '';
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))}${thinSpace}s left`;
  if (seconds < 3600) return `about ${Math.round(seconds / 60)}${thinSpace}min left`;
  return `about ${significant(seconds / 3600, 2)}${thinSpace}h left`;
}

/** The clock today, the date before: "14:05", "21 Nov", "3 Feb 2025". */
export function moment(at: Maybe, now = Date.now()): string {
  if (at === null || at === undefined) return unknown;
  const then = new Date(at);
  const today = new Date(now);
  if (then.toDateString() === today.toDateString()) return `${pad(then.getHours())}:${pad(then.getMinutes())}`;
  const date = `${then.getDate()}${thinSpace}${months[then.getMonth()]}`;
  return then.getFullYear() === today.getFullYear() ? date : `${date} ${then.getFullYear()}`;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

function pad(value: number): string {
  return String(value).padStart(2, '0');
}

function joined(...parts: readonly (readonly [number, string])[]): string {
  return parts
    .filter(([value], index) => index === 0 || value > 0)
    .map(([value, unit]) => `${value}${thinSpace}${unit}`)
    .join(' ');
}
