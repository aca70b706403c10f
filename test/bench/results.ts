// A benchmark's figures as a table for people and as a JSON file beside the benchmarks.
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, platform, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { threads } from './contender.ts';

export interface Result {
  readonly title: string;
  /** The first row is the head. */
  readonly table: readonly (readonly string[])[];
  /** Sentences below the table: means, targets, what differs between the sides. */
  readonly remarks: readonly string[];
  readonly figures: unknown;
}

export function publish(name: string, { title, table, remarks, figures }: Result): void {
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((row) => (row[column] ?? '').length)));
  const lines = table.map((row) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join('  '),
  );
  console.log([`\n${title}`, ...lines, ...remarks, ''].join('\n'));
  const folder = join(import.meta.dirname, 'results');
  mkdirSync(folder, { recursive: true });
  const host = {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    threads,
    memory: totalmem(),
    system: `${platform()} ${release()}`,
    node: process.versions.node,
  };
  writeFileSync(
    join(folder, `${name}.json`),
    `${JSON.stringify({ date: new Date().toISOString(), host, title, table, remarks, figures }, null, 1)}\n`,
  );
}

export const times = (ratio: number | undefined) => (ratio === undefined ? '–' : `${ratio.toFixed(2)} ×`);
export const whole = (value: number) => Math.round(value).toLocaleString('en-GB');
export const milliseconds = (seconds: number) => `${whole(seconds * 1000)} ms`;
