// `espalier --help` and `espalier help COMMAND`, written from the table of commands.
import { commands, GlobalOptions, type CommandName, type CommandSpec } from '#contract/commands.ts';
import { flagsOf, placeholderOf, type Flag } from './flag-kinds.ts';

export function helpOverview(version: string): string {
  const names = Object.keys(commands);
  const width = Math.max(...names.map((name) => name.length)) + 2;
  return [
    `Espalier ${version} — prunes neural networks: import, prune, fine-tune, measure, compare, export.`,
    '',
    'Usage: espalier COMMAND [flags]',
    '',
    'Commands:',
    ...Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(width)}${summary}`),
    '',
    'Flags of every command:',
    ...flagLines(flagsOf(GlobalOptions)),
    '',
    'Exit code: 0 done, 1 failed, 2 wrong use, 130 interrupted.',
    '`espalier help COMMAND` shows its flags and examples. To begin: espalier demo',
  ].join('\n');
}

export function helpOf(name: CommandName): string {
  const { summary, positionals, options, reading, settings, examples }: CommandSpec = commands[name];
  const own = flagsOf(options);
  const fields = settings === undefined ? [] : flagsOf(settings);
  const required = own.filter((flag) => flag.required).map((flag) => `--${flag.name} ${placeholderOf(flag)}`);
  const words = positionals.map((word) => (word.many === true ? `${word.name}…` : word.name));
  const width = Math.max(0, ...positionals.map((word) => word.name.length)) + 2;
  return [
    `${summary}.`,
    '',
    `Usage: ${['espalier', name, ...words, ...required, '[flags]'].join(' ')}`,
    ...(positionals.length === 0 ? [] : ['', ...positionals.map((word) => `  ${word.name.padEnd(width)}${word.summary}`)]),
    ...(own.length === 0 ? [] : ['', 'Flags:', ...flagLines(own)]),
    ...(reading === undefined ? [] : ['', 'How the data are read:', ...flagLines(flagsOf(reading))]),
    ...(fields.length === 0 ? [] : ['', name === 'prune' ? 'Recipe, flags or lines of --recipe FILE:' : 'Settings:', ...flagLines(fields)]),
    '',
    'Flags of every command:',
    ...flagLines(flagsOf(GlobalOptions)),
    '',
    examples.length > 1 ? 'Examples:' : 'Example:',
    ...examples.map((line) => `  ${line}`),
  ].join('\n');
}

function flagLines(flags: readonly Flag[]): string[] {
  const left = flags.map((flag) =>
    `--${flag.kind.kind === 'switch' && flag.fallback === true ? 'no-' : ''}${flag.name} ${placeholderOf(flag)}`.trimEnd(),
  );
  const width = Math.min(38, Math.max(...left.map((text) => text.length))) + 2;
  return flags.map((flag, index) => {
    const start = left[index]!;
    const text = describeFlag(flag);
    return start.length >= width ? `  ${start}\n  ${' '.repeat(width)}${text}` : `  ${start.padEnd(width)}${text}`;
  });
}

function describeFlag({ kind, summary, fallback, required }: Flag): string {
  if (kind.kind === 'switch') return fallback === true ? `don't ${summary}` : summary;
  const repeat = kind.kind === 'pairs' ? ' (repeatable)' : '';
  if (required) return `${summary} (needed)`;
  const plain = typeof fallback === 'string' || typeof fallback === 'number';
  return plain ? `${summary} [${fallback}]${repeat}` : `${summary}${repeat}`;
}
