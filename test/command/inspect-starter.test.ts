// `inspect` of the starters, as a real process with a real importer: counts worked out by hand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { starterNames } from '#contract/commands.ts';
import { NetworkSummary } from '#contract/network.ts';
import { starters } from '#network/starters.ts';
import { espalier } from './espalier-process.ts';

test('the starters that the help names are those there are', () => {
  assert.deepEqual([...starterNames].toSorted(), starters.map(({ name }) => name).toSorted());
});

// LeNet-300-100: 784·300 + 300 + 300·100 + 100 + 100·10 + 10 parameters; its MACs are those without the biases.
test('LeNet-300-100 has 266,610 parameters and 266,200 MACs', async () => {
  const { code, out, err } = await espalier(['inspect', 'lenet-300-100', '--json']);
  assert.deepEqual({ code, err }, { code: 0, err: '' });
  const summary = NetworkSummary.parse(JSON.parse(out));
  assert.deepEqual(
    { parameters: summary.parameters, macs: summary.macs, raw: summary.bytes.raw, unsupported: summary.unsupported },
    { parameters: 266_610, macs: 266_200, raw: 4 * 266_610, unsupported: [] },
  );
});

test('the same for people is a table with one line a layer', async () => {
  const { code, out } = await espalier(['inspect', 'cnn-small']);
  assert.equal(code, 0);
  for (const layer of ['conv1', 'bn1', 'pool2', 'fc2']) assert.match(out, new RegExp(`^${layer} `, 'm'));
  assert.match(out, /parameters +106,010/);
});
