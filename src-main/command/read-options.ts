// The flags that were given, complete with defaults and typed as the contract types them.
import type { z } from 'zod';
import { flagsOf } from './flag-kinds.ts';
import type { Invocation } from './parse-arguments.ts';
import { explainIssue } from './read-flag-value.ts';
import { UsageError } from './usage-error.ts';

/** `schema`: the command's `options` or `settings`. Flags of the other one are left aside. @throws UsageError where a needed flag is missing */
export function readOptions<S extends z.ZodObject>(
  schema: S,
  { given, command }: Invocation,
  below: Readonly<Record<string, unknown>> = {},
): z.output<S> {
  const flags = flagsOf(schema);
  const mine = Object.fromEntries(flags.filter(({ field }) => Object.hasOwn(given, field)).map(({ field }) => [field, given[field]]));
  const missing = flags.find(({ field, required }) => required && mine[field] === undefined && below[field] === undefined);
  if (missing !== undefined) throw new UsageError(`espalier ${command} needs --${missing.name}: ${missing.summary}.`);
  const result = schema.safeParse({ ...below, ...mine });
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const field = issue?.path.join('.') ?? '';
  throw new UsageError(`--${flags.find((flag) => flag.field === field)?.name ?? field}: ${explainIssue(issue)}.`);
}
