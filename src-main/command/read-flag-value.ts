// One flag's text → its value, checked by its field of the contract; what is refused says what would be taken.
import type { z } from 'zod';
import { didYouMean } from './closest-name.ts';
import type { Flag } from './flag-kinds.ts';
import { UsageError } from './usage-error.ts';

/** `before`: the value that an earlier occurrence of a repeatable flag gave. @throws UsageError */
export function readFlagValue(flag: Flag, text: string | undefined, negated: boolean, before: unknown): unknown {
  const label = negated ? `--no-${flag.name}` : `--${flag.name}`;
  switch (flag.kind.kind) {
    case 'switch':
      if (text !== undefined) throw new UsageError(`${label} takes no value; give --${flag.name} or --no-${flag.name}.`);
      return !negated;
    case 'number':
      return checked(flag, readNumber(text ?? '', label, flag), `${label} ${text}`);
    case 'text':
      if (text === '') throw new UsageError(`${label} needs a value: ${flag.summary}.`);
      return checked(flag, text, `${label} ${text}`);
    case 'optional-text':
      if (text === undefined) return !negated;
      if (negated || text === '') throw new UsageError(`${label} takes ${negated ? 'no value' : 'a MODEL or nothing'}.`);
      return checked(flag, text, `${label} ${text}`);
    case 'choice':
      if (!flag.kind.values.includes(text ?? '')) throw new UsageError(refuseChoice(label, text ?? '', flag.kind.values));
      return text;
    case 'numbers': {
      const numbers = (text ?? '').split(',').map((part) => readNumber(part.trim(), label, undefined));
      return checked(flag, [...(Array.isArray(before) ? before : []), ...numbers], `${label} ${text}`);
    }
    case 'pairs': {
      const equals = (text ?? '').lastIndexOf('=');
      const form = `${label} ${flag.kind.left.toUpperCase()}=X`;
      if (equals < 1) throw new UsageError(`${label} ${text}: give it as ${form}, as in ${label} conv*=0.5.`);
      const pair = {
        [flag.kind.left]: text!.slice(0, equals),
        [flag.kind.right]: readNumber(text!.slice(equals + 1), `${label} ${text!.slice(0, equals)}`, undefined),
      };
      return checked(flag, [...(Array.isArray(before) ? before : []), pair], `${label} ${text}`);
    }
  }
}

/** Decimal notation only: what JSON calls a number, with an optional sign and with `.5` allowed. */
function readNumber(text: string, label: string, flag: Flag | undefined): number {
  const value = Number(text);
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) || !Number.isFinite(value)) {
    throw new UsageError(`${label}: "${text}" is not a number.${flag === undefined ? '' : ` Give ${flag.summary}${example(flag)}.`}`);
  }
  if (flag?.kind.kind === 'number' && flag.kind.whole && !Number.isInteger(value))
    throw new UsageError(`${label}: ${text} is not a whole number. Give ${flag.summary}${example(flag)}.`);
  return value;
}

function example({ fallback }: Flag): string {
  return fallback === undefined ? '' : `, as ${String(fallback)}`;
}

function refuseChoice(label: string, text: string, values: readonly string[]): string {
  const list = values.length === 1 ? `Only ${values[0]} is.` : `Choose ${values.slice(0, -1).join(', ')} or ${values.at(-1)}.`;
  return `${label}: "${text}" isn't available in this version.${didYouMean(text, values)} ${list}`;
}

function checked(flag: Flag, value: unknown, label: string): unknown {
  const result = flag.schema.safeParse(value);
  if (result.success) return result.data;
  throw new UsageError(`${label}: ${explainIssue(result.error.issues[0])}.`);
}

const expectations: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  object: 'a group of fields',
};

/** A zod issue in plain words, without a full stop. */
export function explainIssue(issue: z.core.$ZodIssue | undefined): string {
  if (issue === undefined) return 'the value is outside what is allowed';
  const own = !/^(Too (big|small)|Invalid|Unrecognized)/.test(issue.message);
  if (own) return issue.message;
  switch (issue.code) {
    case 'too_big':
      return `the largest value is ${issue.inclusive === false ? 'below ' : ''}${issue.maximum}`;
    case 'too_small':
      return `the smallest value is ${issue.inclusive === false ? 'above ' : ''}${issue.minimum}`;
    case 'invalid_value':
      return `it isn't available in this version; choose ${issue.values.map(String).join(', ')}`;
    case 'invalid_type':
      return issue.message.endsWith('received undefined')
        ? 'it is missing'
        : `it must be ${expectations[issue.expected] ?? issue.expected}`;
    case 'unrecognized_keys':
      return `there is no field ${issue.keys.map((key) => `"${key}"`).join(', ')}`;
    default:
      return issue.message;
  }
}
