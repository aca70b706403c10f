// argv → one command with its words and the flags that were given, each checked by its own field of the contract.
import { commands, GlobalOptions, laterCommands, type CommandName, type CommandSpec } from '#contract/commands.ts';
import { didYouMean } from './closest-name.ts';
import { flagsOf, type Flag } from './flag-kinds.ts';
import { readFlagValue } from './read-flag-value.ts';
import { UsageError } from './usage-error.ts';

export interface Invocation {
  /** Null with `--help` or nothing at all. */
  readonly command: CommandName | null;
  readonly help: boolean;
  readonly positionals: readonly string[];
  /** Only what was given, by field name. */
  readonly given: Readonly<Record<string, unknown>>;
  readonly globals: GlobalOptions;
}

/** @throws UsageError on an unknown command, an unknown flag, or a value outside the contract */
export function parseArguments(argv: readonly string[]): Invocation {
  const { command, rest, help } = takeCommand(argv);
  const spec: CommandSpec | null = command === null ? null : commands[command];
  const own = [spec?.options, spec?.reading, spec?.settings].flatMap((fields) => (fields === undefined ? [] : flagsOf(fields)));
  const shared = flagsOf(GlobalOptions);
  const flags = [...own, ...shared];
  const positionals: string[] = [];
  const given: Record<string, unknown> = {};

  for (let at = 0; at < rest.length; at++) {
    const word = rest[at]!;
    if (word === '--') {
      positionals.push(...rest.slice(at + 1));
      break;
    }
    if (word === '-h') {
      given['help'] = true;
      continue;
    }
    if (/^-[a-zA-Z]/.test(word))
      throw new UsageError(
        `${word}: flags have two dashes.${didYouMean(
          word.slice(1),
          flags.map(({ name }) => name),
          dashed,
        )}`,
      );
    if (!word.startsWith('--')) {
      positionals.push(word);
      continue;
    }
    const equals = word.indexOf('=');
    const name = word.slice(2, equals < 0 ? undefined : equals);
    const { flag, negated } = findFlag(name, flags, command);
    let text = equals < 0 ? undefined : word.slice(equals + 1);
    if (flag.kind.kind === 'optional-text') {
      if (text === undefined && !negated && rest[at + 1] !== undefined && !rest[at + 1]!.startsWith('-')) text = rest[++at];
    } else if (flag.kind.kind !== 'switch' && text === undefined) {
      text = rest[++at];
      if (text === undefined || /^--[a-z]/.test(text)) throw new UsageError(`--${name} needs a value: ${flag.summary}.`);
    }
    if (Object.hasOwn(given, flag.field) && flag.kind.kind !== 'pairs' && flag.kind.kind !== 'switch')
      throw new UsageError(`--${name} was given twice; give it once.`);
    given[flag.field] = readFlagValue(flag, text, negated, given[flag.field]);
  }

  const globals = GlobalOptions.parse(
    Object.fromEntries(shared.filter(({ field }) => field in given).map(({ field }) => [field, given[field]])),
  );
  for (const { field } of shared) delete given[field];
  const asked = help || globals.help;
  if (spec !== null && !asked) checkPositionals(command!, spec, positionals);
  return { command, help: asked || command === null, positionals, given, globals };
}

function takeCommand(argv: readonly string[]): { command: CommandName | null; rest: readonly string[]; help: boolean } {
  const at = argv.findIndex((word) => !word.startsWith('-'));
  const valueOfFlag = at > 0 && argv[at - 1] === '--home'; // `espalier --home DIR jobs`
  const index = valueOfFlag ? argv.findIndex((word, place) => place > at && !word.startsWith('-')) : at;
  if (index < 0) return { command: null, rest: argv, help: false };
  const word = argv[index]!;
  const rest = argv.toSpliced(index, 1);
  if (word !== 'help') return { command: commandNamed(word), rest, help: false };
  const topic = rest.findIndex((other) => !other.startsWith('-'));
  return topic < 0
    ? { command: null, rest, help: true }
    : { command: commandNamed(rest[topic]!), rest: rest.toSpliced(topic, 1), help: true };
}

function commandNamed(word: string): CommandName {
  if (isCommand(word)) return word;
  if (laterCommands.includes(word))
    throw new UsageError(`espalier ${word} isn't available in this version. \`espalier --help\` lists what is.`);
  throw new UsageError(`There is no command "${word}".${didYouMean(word, Object.keys(commands))} \`espalier --help\` lists all commands.`);
}

function isCommand(word: string): word is CommandName {
  return Object.hasOwn(commands, word);
}

function findFlag(name: string, flags: readonly Flag[], command: CommandName | null): { flag: Flag; negated: boolean } {
  const plain = flags.find((flag) => flag.name === name);
  if (plain !== undefined) return { flag: plain, negated: false };
  const switched = name.startsWith('no-')
    ? flags.find((flag) => flag.name === name.slice(3) && (flag.kind.kind === 'switch' || flag.kind.kind === 'optional-text'))
    : undefined;
  if (switched !== undefined) return { flag: switched, negated: true };
  const helpLine = command === null ? 'espalier --help' : `espalier ${command} --help`;
  const hint = didYouMean(
    name,
    flags.map((flag) => flag.name),
    dashed,
  );
  throw new UsageError(
    `${command === null ? 'espalier' : `espalier ${command}`} has no flag --${name}.${hint} \`${helpLine}\` lists its flags.`,
  );
}

function dashed(name: string): string {
  return `--${name}`;
}

function checkPositionals(command: CommandName, { positionals: expected }: CommandSpec, words: readonly string[]): void {
  const missing = expected[words.length];
  if (missing !== undefined) throw new UsageError(`espalier ${command} needs ${missing.name}: ${missing.summary}.`);
  const many = expected.at(-1)?.many === true;
  const extra = words[expected.length];
  if (!many && extra !== undefined) {
    const takes = expected.length === 0 ? 'takes flags only' : `takes ${expected.map(({ name }) => name).join(' ')} only`;
    throw new UsageError(`espalier ${command} ${takes}; "${extra}" is one word too many.`);
  }
}
