// The inputs and outputs that a summary names, and how `inspect` and the page put them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeNetwork } from '#main/command/print-network.ts';
import { initialise } from '#network/initialise.ts';
import { buildStarter } from '#network/starters.ts';
import { summariseNetwork } from '#network/summarise.ts';
import { networkEnds } from '../../src-renderer/format/shapes.ts';
import { dense, graph } from '../pruning/graphs.ts';
import { layer } from '../pruning/networks.ts';

const twoByTwo = summariseNetwork(
  initialise(
    graph(
      { numbers: [6], pixels: [4, 4, 1] },
      [
        [layer('Flatten', 'flatten'), ['pixels']],
        [dense('wide', 16), ['numbers']],
        [layer('Concatenate', 'both', { axis: -1 }), ['wide', 'flatten']],
        [dense('classes', 3), ['both']],
        [dense('number', 1), ['both']],
      ],
      ['classes', 'number'],
    ),
    3,
  ),
);

test('two inputs and two outputs are all there, in the order of the network', () => {
  assert.deepEqual(
    [twoByTwo.inputs, twoByTwo.outputs].map((ends) => ends?.map(({ name, shape }) => [name, shape.slice(1)])),
    [
      [
        ['numbers', [6]],
        ['pixels', [4, 4, 1]],
      ],
      [
        ['classes', [3]],
        ['number', [1]],
      ],
    ],
  );
  assert.match(describeNetwork(twoByTwo), /: numbers 6, pixels 4×4×1 → classes 3, number 1\n/);
  assert.equal(networkEnds(twoByTwo).replaceAll('\u202f', ''), '2 inputs: numbers 6, pixels 4×4×1; 2 outputs: classes 3, number 1.');
});

test('one of each is told without its name, as are summaries written before ends had any', () => {
  const lenet = summariseNetwork(buildStarter('lenet-300-100', 1));
  const { inputs: _, outputs: __, ...older } = lenet;
  for (const summary of [lenet, older]) {
    assert.match(describeNetwork(summary), /: 28×28×1 → 10\n/);
    assert.equal(networkEnds(summary).replaceAll('\u202f', ''), 'Input 28×28×1, output 10.');
  }
});
