// A step recorded on few samples and scaled is the step recorded on all of them; what follows no law of the count is recorded in full.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openNetwork } from '#main/engine/models/open-network.ts';
import { loadTensorflow } from '#main/engine/runtime/load-tensorflow.ts';
import { traceAt } from '#main/engine/training/compiled/scale-trace.ts';
import { traceStep } from '#main/engine/training/compiled/trace-step.ts';
import { NotTraceable, type Trace } from '#main/engine/training/compiled/trace.ts';
import { initialise } from '#network/initialise.ts';
import { ownLayerNetworks } from './own-layer-networks.ts';
import { smallNetworks } from './small-networks.ts';

const tf = loadTensorflow();
const COUNT = 24;

for (const [name, topology] of Object.entries({ ...smallNetworks, ...ownLayerNetworks })) {
  test(`${name}: recorded on 2, 4 and 8 samples, the step on ${COUNT} is the one recorded on ${COUNT}`, async () => {
    const { loaded, loss } = await openNetwork({ tf }, initialise(topology, 5));
    const [scaled, whole] = [[2, 4, 8], [COUNT]].map((few) => traceStep(tf, loaded, { inputShape: [8, 8, 1], loss, count: COUNT, few }));
    assert.deepEqual(comparable(scaled!), comparable(whole!));
  });
}

/** Without the ids of tensors that are gone. */
function comparable({ ops, ...rest }: Trace): unknown {
  return { ...rest, ops: ops.map((op) => ({ ...op, outputs: op.outputs.map(({ dtype, shape }) => ({ dtype, shape })) })) };
}

const constant = (values: Float32Array | Int32Array, shape = [values.length]): Trace => ({
  ops: [],
  constants: [{ shape, dtype: 1, values }],
  seeds: [],
  statistics: new Map(),
  wanted: [{ from: 'constant', constant: 0 }],
});
const at128 = (values: (count: number) => Float32Array | Int32Array, shape?: (count: number) => number[]) =>
  traceAt(
    [2, 4, 8].map((count) => ({ count, trace: constant(values(count), shape?.(count)) })),
    128,
  ).constants[0];

test('whole numbers follow a line; floats stay, grow with the count or fall with it; constants that are one number everywhere grow in shape', () => {
  assert.deepEqual(at128((count) => Int32Array.of(count, 49, 7 * count - 1))?.values, Int32Array.of(128, 49, 895));
  assert.deepEqual(at128((count) => Float32Array.of(98 * count, 0.3, 1 / (3 * count)))?.values, Float32Array.of(12544, 0.3, 1 / 384));
  const ones = at128(
    (count) => new Float32Array(3 * count).fill(1),
    (count) => [count, 3],
  );
  assert.deepEqual([ones?.shape, ones?.values], [[128, 3], new Float32Array(384).fill(1)]);
});

test('numbers that follow no law are refused: squares, other data, different ones in a growing constant', () => {
  for (const values of [
    (count: number) => Int32Array.of(count * count),
    (count: number) => Float32Array.of(Math.sin(count)),
    (count: number) => Float32Array.from({ length: count }, (_, index) => index),
  ])
    assert.throws(() => at128(values), NotTraceable);
});
