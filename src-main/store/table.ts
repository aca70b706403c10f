// Rows in and out of one table whose columns are the fields of a contract noun; a row that is read is checked like any other border.
import type { z } from 'zod';
import { StudioError } from '#contract/errors.ts';
import type { Connection } from './open-connection.ts';

export interface Table<T> {
  insert(noun: T): void;
  /** Writes every field of the row with this id. */
  update(noun: T): void;
  /** `rest` is what follows `SELECT * FROM table`. */
  rows(rest: string, ...parameters: readonly unknown[]): T[];
  row(rest: string, ...parameters: readonly unknown[]): T | undefined;
}

/** `json` names the columns that hold JSON text. */
export function defineTable<S extends z.ZodObject>(
  db: Connection,
  name: string,
  schema: S,
  json: readonly (keyof S['shape'] & string)[],
): Table<z.output<S>> {
  const columns = Object.keys(schema.shape);
  const quoted = columns.map((column) => `"${column}"`);
  const insert = db.prepare(`INSERT INTO ${name} (${quoted.join(', ')}) VALUES (${columns.map((column) => `@${column}`).join(', ')})`);
  const update = db.prepare(`UPDATE ${name} SET ${columns.map((column) => `"${column}" = @${column}`).join(', ')} WHERE id = @id`);

  function bind(noun: object): Record<string, unknown> {
    const fields = new Map<string, unknown>(Object.entries(noun));
    return Object.fromEntries(
      columns.map((column) => {
        const value = fields.get(column) ?? null;
        return [column, json.includes(column) && value !== null ? JSON.stringify(value) : value];
      }),
    );
  }

  function read(row: unknown): z.output<S> {
    const fields = Object.entries(row ?? {}).map(([column, value]: [string, unknown]) => [
      column,
      json.includes(column) ? parseJson(value) : value,
    ]);
    const checked = schema.safeParse(Object.fromEntries(fields));
    if (checked.success) return checked.data;
    throw new StudioError(
      'damaged-store',
      `A row of ${name} isn't of the agreed form (${checked.error.issues[0]?.path.join('.') ?? ''}).`,
      {
        where: name,
        whatToDo: 'Restart Espalier; it checks the store and restores the newest good backup.',
        cause: checked.error,
      },
    );
  }

  return {
    insert: (noun) => void insert.run(bind(noun)),
    update: (noun) => void update.run(bind(noun)),
    rows: (rest, ...parameters) =>
      db
        .prepare(`SELECT * FROM ${name} ${rest}`)
        .all(...parameters)
        .map(read),
    row: (rest, ...parameters) => {
      const found = db.prepare(`SELECT * FROM ${name} ${rest} LIMIT 1`).get(...parameters);
      return found === undefined ? undefined : read(found);
    },
  };
}

/** Text that is no JSON becomes undefined, which no schema here accepts. */
export function parseJson(value: unknown): unknown {
  if (value === null) return null;
  try {
    return JSON.parse(String(value));
  } catch {
    return undefined;
  }
}
