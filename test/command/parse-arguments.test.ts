// What is typed becomes what the contract means, and what it doesn't mean is refused in one sentence.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { commands, type CommandSpec } from '#contract/commands.ts';
import { Recipe, TrainSettings } from '#contract/recipe.ts';
import { flagsOf } from '#main/command/flag-kinds.ts';
import { parseArguments } from '#main/command/parse-arguments.ts';
import { readOptions } from '#main/command/read-options.ts';
import { UsageError } from '#main/command/usage-error.ts';

const parse = (line: string) => parseArguments(line.split(' ').filter((word) => word !== ''));

for (const [line, given] of [
  ['train m --epochs 3 --rate 1e-4', { epochs: 3, rate: 0.0001 }],
  ['train m --epochs=3 --rate=.01', { epochs: 3, rate: 0.01 }],
  ['prune m --no-compact', { compact: false }],
  ['prune m --compact', { compact: true }],
  [
    'prune m --layers conv*=0.5 --layers fc=0',
    {
      layers: [
        { pattern: 'conv*', sparsity: 0.5 },
        { pattern: 'fc', sparsity: 0 },
      ],
    },
  ],
  ['prune m --layers a=b=0.25', { layers: [{ pattern: 'a=b', sparsity: 0.25 }] }],
  ['prune m --sparsity 0.917 --granularity filter', { sparsity: 0.917, granularity: 'filter' }],
  ['measure m --threads 1 --runs 300', { threads: 1, runs: 300 }],
  ['serve --port 0', { port: 0 }],
  ['prune m --distill', { distill: true }],
  ['prune m --distill --json', { distill: true }],
  ['prune m --distill big.keras --epochs 2', { distill: 'big.keras', epochs: 2 }],
  ['prune m --distill=big.keras', { distill: 'big.keras' }],
  ['prune m --no-distill', { distill: false }],
] as const) {
  test(`${line} gives ${JSON.stringify(given)}`, () => assert.deepEqual(parse(line).given, given));
}

for (const [line, says] of [
  ['prune m --sparsity 1.5', /--sparsity 1\.5: sparsity is a share from 0 to below 1, as 0\.9 for 90 %/],
  ['prune m --sparsity 0.9x', /"0\.9x" is not a number/],
  ['prune m --sparsity 0x1', /not a number/],
  ['prune m --sparsity Infinity', /not a number/],
  ['prune m --sparsity', /--sparsity needs a value/],
  ['prune m --sparsity --json', /--sparsity needs a value/],
  ['prune m --sparsity 0.5 --sparsity 0.6', /given twice/],
  ['prune m --criterion tailor', /"tailor" isn't available in this version\. Did you mean taylor\?/],
  ['prune m --granularity n-m', /Choose weight, block, n:m, neuron or filter/],
  ['prune m --nm 4:2', /fewer weights are kept than there are/],
  ['prune m --block 4', /ROWSxCOLUMNS/],
  ['prune m --schedule itertive', /Did you mean iterative\?/],
  ['prune m --layers conv=2', /share from 0 to below 1/],
  ['prune m --layers conv', /--layers PATTERN=X/],
  ['prune m --compact=yes', /takes no value/],
  ['prune m --distill= --epochs 2', /--distill takes a MODEL or nothing/],
  ['prune --distill m', /needs MODEL/],
  ['prune m --sparsty 0.5', /no flag --sparsty\. Did you mean --sparsity\?/],
  ['prune m -sparsity 0.5', /two dashes\. Did you mean --sparsity\?/],
  ['train m --epochs 2.5', /not a whole number/],
  ['train m --epochs 0', /smallest value is 1/],
  ['train m --batch 70000', /largest value is 65536/],
  ['train m --rate 0', /smallest value is above 0/],
  ['train m --no-epochs', /no flag --no-epochs/],
  ['export m --format coreml', /"coreml" isn't available in this version\. Choose keras, h5, tfjs, savedmodel, onnx, tflite or c/],
  ['serve --port 70000', /largest value is 65535/],
  ['inspect', /needs MODEL/],
  ['inspect a b', /"b" is one word too many/],
  ['jobs x', /takes flags only/],
  ['pruen m', /no command "pruen"\. Did you mean prune\?/],
  ['search m', /search isn't available in this version/],
  ['worker', /worker isn't available in this version/],
  ['__proto__', /no command "__proto__"/],
  ['inspect m --constructor 1', /no flag --constructor/],
] as const) {
  test(`${line} is refused: ${says.source}`, () =>
    assert.throws(
      () => parse(line),
      (error) => error instanceof UsageError && says.test(error.message) && !error.message.includes('\n'),
    ));
}

test('help is asked for in four ways', () => {
  for (const [line, command] of [
    ['--help', null],
    ['help', null],
    ['help prune', 'prune'],
    ['prune --help', 'prune'],
    ['prune -h', 'prune'],
    ['--help prune', 'prune'],
    ['', null],
  ] as const) {
    const { command: found, help } = parse(line);
    assert.deepEqual({ found, help }, { found: command, help: true }, line);
  }
});

test('flags of every command may stand before the command, and -- ends the flags', () => {
  const { command, globals, positionals } = parse('--home /tmp/h --json inspect -- --odd-name.keras');
  assert.deepEqual(
    { command, home: globals.home, json: globals.json, positionals },
    { command: 'inspect', home: '/tmp/h', json: true, positionals: ['--odd-name.keras'] },
  );
});

test('compare takes any number of models', () => {
  assert.deepEqual(parse('compare a b c --data mnist').positionals, ['a', 'b', 'c']);
  assert.throws(() => parse('compare'), /needs MODEL/);
});

test("what was not typed comes from the contract's defaults, and a needed flag is named", () => {
  assert.deepEqual(readOptions(commands.train.settings, parse('train m --epochs 3')), { ...TrainSettings.parse({}), epochs: 3 });
  assert.throws(() => readOptions(commands.train.options, parse('train m --out x.keras')), /needs --data/);
  assert.throws(() => readOptions(commands.train.options, parse('train m --data mnist')), /needs --out/);
});

test('a flag overrides the recipe file, the file overrides the default', () => {
  const recipe = readOptions(commands.prune.settings, parse('prune m --sparsity 0.5'), { sparsity: 0.8, epochs: 7 });
  assert.deepEqual(recipe, { ...Recipe.parse({}), sparsity: 0.5, epochs: 7 });
});

test('each number of a recipe or of training settings survives the way through its flag', () => {
  const numbers = [
    ...flagsOf(TrainSettings).map((flag) => ({ flag, command: 'train' })),
    ...flagsOf(Recipe).map((flag) => ({ flag, command: 'prune' })),
  ].filter(({ flag }) => flag.kind.kind === 'number');
  assert.ok(numbers.length >= 24, `${numbers.length}`);
  fc.assert(
    fc.property(
      fc.constantFrom(...numbers),
      fc.oneof(fc.nat(100), fc.double({ min: 0, max: 1, noNaN: true })),
      ({ flag, command }, value) => {
        const expected = flag.schema.safeParse(value);
        const typed = () => parse(`${command} m --${flag.name} ${value}`).given[flag.field];
        if (expected.success) assert.equal(typed(), value);
        else assert.throws(typed, UsageError);
      },
    ),
  );
});

test('no argument whatever makes the parser fail in another way than by a UsageError', () => {
  const names = Object.keys(commands);
  const word = fc.oneof(
    fc.string(),
    fc.constantFrom(...names, 'help', '--help', '--json', '--', '-', '--layers', '--sparsity=', '=', '--=', '--no-', 'a=b'),
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 6 }), (argv) => {
      try {
        parseArguments(argv);
      } catch (error) {
        assert.ok(error instanceof UsageError, String(error));
      }
    }),
    { numRuns: 2000 },
  );
});

test('no command has two flags of one name', () => {
  for (const [name, spec] of Object.entries<CommandSpec>(commands)) {
    const flags = [...flagsOf(spec.options), ...(spec.settings === undefined ? [] : flagsOf(spec.settings))].map((flag) => flag.name);
    assert.equal(new Set([...flags, 'home', 'json', 'verbose', 'help']).size, flags.length + 4, name);
  }
});
