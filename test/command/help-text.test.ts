// The help says what the contract says, and nothing that isn't there yet.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commands, laterCommands, type CommandName, type CommandSpec } from '#contract/commands.ts';
import { flagsOf } from '#main/command/flag-kinds.ts';
import { helpOf, helpOverview } from '#main/command/help-text.ts';
import { parseArguments } from '#main/command/parse-arguments.ts';

const names = Object.keys(commands).filter((name): name is CommandName => Object.hasOwn(commands, name));

test('the overview lists 14 commands, one a line, and the exit codes', () => {
  const text = helpOverview('9.9.9');
  assert.equal(names.length, 14);
  for (const name of names) assert.match(text, new RegExp(`^  ${name} +\\S`, 'm'));
  assert.match(text, /^Espalier 9\.9\.9/);
  assert.match(text, /0 done, 1 failed, 2 wrong use, 130 interrupted/);
});

test('no help speaks of what is not there yet', () => {
  for (const text of [helpOverview('1'), ...names.map(helpOf)]) {
    for (const absent of laterCommands) {
      assert.ok(!new RegExp(`(^|[\\s|])${absent}\\b`).test(text), `${absent} in: ${text.split('\n')[0]}`);
    }
  }
});

test("each command's help names each of its flags, its summary and an example that parses", () => {
  for (const name of names) {
    const spec: CommandSpec = commands[name];
    const text = helpOf(name);
    assert.ok(text.startsWith(spec.summary));
    for (const flag of [...flagsOf(spec.options), ...(spec.settings === undefined ? [] : flagsOf(spec.settings))]) {
      assert.ok(flag.summary !== '', `${name} --${flag.name} has no description`);
      assert.match(text, new RegExp(`^  --(no-)?${flag.name}\\b`, 'm'), `${name} --${flag.name}`);
    }
    for (const example of spec.examples) {
      assert.ok(text.includes(example));
      const [program, ...argv] = example.split(' ');
      assert.equal(program, 'espalier');
      assert.equal(parseArguments(argv).command, name);
    }
  }
});

test("prune's help shows values and defaults as the recipe has them", () => {
  const text = helpOf('prune');
  assert.match(text, /--granularity weight\|block\|n:m\|neuron\|filter\s+what .*\[weight\]/);
  assert.match(text, /--sparsity X .*\[0\.9\]/);
  assert.match(text, /--layers PATTERN=X .*\(repeatable\)/);
  assert.match(text, /--no-compact +don't take pruned channels out/);
  assert.match(text, /Usage: espalier prune MODEL \[flags\]/);
});

test('no line of any help is wider than 130 characters', () => {
  for (const text of [helpOverview('1'), ...names.map(helpOf)])
    for (const line of text.split('\n')) assert.ok(line.length <= 130, `${line.length}: ${line}`);
});
