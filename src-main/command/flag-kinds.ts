// What a flag takes, read off its zod schema: nothing, a number, one of a few words, text, or PATTERN=0.5 many times.
import { z } from 'zod';

export type FlagKind =
  | { readonly kind: 'switch' }
  | { readonly kind: 'number'; readonly whole: boolean }
  | { readonly kind: 'choice'; readonly values: readonly string[] }
  | { readonly kind: 'text' }
  /** Alone it is yes, with text it is that. */
  | { readonly kind: 'optional-text' }
  /** `0.5,0.9`; or repeated, one at a time. */
  | { readonly kind: 'numbers' }
  /** Repeatable; the left part of `LEFT=0.5` is the first field, the number the second. */
  | { readonly kind: 'pairs'; readonly left: string; readonly right: string };

export interface Flag {
  /** The field's name in the contract. */
  readonly field: string;
  /** As typed, without the dashes: `roundTo` → `round-to`. */
  readonly name: string;
  readonly kind: FlagKind;
  readonly summary: string;
  readonly required: boolean;
  /** Undefined where there is none. */
  readonly fallback: unknown;
  readonly schema: z.ZodType;
}

export function flagsOf(object: z.ZodObject): Flag[] {
  return Object.entries(object.shape).map(([field, schema]) => flagOf(field, schema as z.ZodType));
}

function flagOf(field: string, schema: z.ZodType): Flag {
  let inner: unknown = schema;
  let fallback: unknown;
  let required = true;
  let summary = schema.description;
  while (inner instanceof z.ZodDefault || inner instanceof z.ZodOptional || inner instanceof z.ZodNullable) {
    if (inner instanceof z.ZodDefault) fallback = inner.def.defaultValue ?? undefined;
    required = false;
    inner = inner.unwrap();
    if (inner instanceof z.ZodType) summary ??= inner.description;
  }
  const name = field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return { field, name, kind: kindOf(inner, field), summary: summary ?? '', required, fallback, schema };
}

function kindOf(schema: unknown, field: string): FlagKind {
  if (schema instanceof z.ZodBoolean) return { kind: 'switch' };
  if (schema instanceof z.ZodNumber) return { kind: 'number', whole: schema.format === 'safeint' };
  if (schema instanceof z.ZodEnum) return { kind: 'choice', values: schema.options.map(String) };
  if (schema instanceof z.ZodString) return { kind: 'text' };
  if (schema instanceof z.ZodUnion && schema.options.some((option) => option instanceof z.ZodBoolean)) return { kind: 'optional-text' };
  if (schema instanceof z.ZodArray && schema.element instanceof z.ZodNumber) return { kind: 'numbers' };
  if (schema instanceof z.ZodArray && schema.element instanceof z.ZodObject) {
    const [left, right] = Object.keys(schema.element.shape);
    if (left !== undefined && right !== undefined) return { kind: 'pairs', left, right };
  }
  throw new TypeError(`The field ${field} has no form on the command line.`);
}

const textForms: Readonly<Record<string, string>> = {
  out: 'FILE',
  recipe: 'FILE',
  html: 'FILE',
  input: 'FILE',
  home: 'DIR',
  data: 'DATA',
  block: 'RxC',
  nm: 'N:M',
  label: 'COLUMN',
  split: 'SHARES',
  size: 'HxW',
};

/** What stands behind the flag in the help: `N`, `X`, `a|b`, `PATTERN=X`. */
export function placeholderOf({ kind, field }: Flag): string {
  switch (kind.kind) {
    case 'switch':
      return '';
    case 'number':
      return kind.whole ? 'N' : 'X';
    case 'choice':
      return kind.values.join('|');
    case 'text':
      return textForms[field] ?? 'NAME';
    case 'numbers':
      return 'X,X…';
    case 'optional-text':
      return '[MODEL]';
    case 'pairs':
      return `${kind.left.toUpperCase()}=X`;
  }
}
