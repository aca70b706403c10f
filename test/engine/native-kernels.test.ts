// Our own kernels against TensorFlow's, on shapes that fill whole registers and on shapes that don't; and the same bits every time.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Tensor } from '@tensorflow/tfjs-node';
import { nativeOps } from '#main/engine/runtime-ops.ts';
import { loadTensorflow } from '#main/engine/runtime/load-tensorflow.ts';
import { kernelsFrom, loadKernels } from '#main/engine/runtime/native-kernels.ts';

const tf = loadTensorflow();
const skip = loadKernels() ? false : 'the training kernels are not compiled here';
const native = nativeOps(tf);
const { TF_ATTR_TYPE, TF_ATTR_FLOAT, TF_ATTR_BOOL, TF_ATTR_STRING, TF_ATTR_INT, TF_FLOAT } = native.binding as typeof native.binding & {
  readonly TF_ATTR_INT: number;
};
const relu = (value: number) => ({ name: 'relu', type: TF_ATTR_INT, value });
const epsilon = { name: 'epsilon', type: TF_ATTR_FLOAT, value: 1e-3 };
const fused = [
  { name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT },
  { name: 'U', type: TF_ATTR_TYPE, value: TF_FLOAT },
  epsilon,
  { name: 'data_format', type: TF_ATTR_STRING, value: 'NHWC' },
  { name: 'is_training', type: TF_ATTR_BOOL, value: true },
];
const nothing = tf.tensor1d([]);

/** Largest difference over the largest value. */
function apart(ours: Tensor | undefined, theirs: Tensor | undefined): number {
  return tf.tidy(() => tf.div(tf.max(tf.abs(tf.sub(ours!, theirs!))), tf.max(tf.abs(theirs!))).dataSync()[0]!);
}

for (const shape of [
  [4, 5, 5, 16],
  [3, 7, 7, 24],
  [2, 3, 3, 5],
  [16, 8, 8, 80],
  [9, 6, 6, 1],
] as const) {
  test(`batch norm of ${shape.join(' × ')}: TensorFlow's numbers to 1e-5, forwards and backwards`, { skip }, () => {
    const channels = shape[3];
    const x = tf.randomNormal([...shape], 1, 1, 'float32', 7);
    const slope = tf.randomNormal([...shape], 0, 1, 'float32', 8);
    const [scale, offset] = [tf.randomUniform([channels], 0.5, 1.5, 'float32', 9), tf.randomNormal([channels], 0, 1, 'float32', 10)];
    const side = tf.randomNormal([...shape], 0, 1, 'float32', 11);
    const average = { name: 'exponential_avg_factor', type: TF_ATTR_FLOAT, value: 1 };
    const theirs = native.executeMultipleOutputs('FusedBatchNormV3', [...fused, average], [x, scale, offset, nothing, nothing], 6);
    const bare = native.executeMultipleOutputs('EspalierBatchNorm', [epsilon, relu(0)], [x, scale, offset, nothing], 6);
    for (const output of [0, 1, 2]) assert.ok(apart(bare[output], theirs[output]) <= 1e-5, `output ${output}`);
    const joined = native.executeMultipleOutputs('EspalierBatchNorm', [epsilon, relu(1)], [x, scale, offset, side], 6);
    assert.ok(apart(joined[0], tf.relu(tf.add(theirs[0]!, side))) <= 1e-5);
    const open = tf.cast(tf.greater(bare[0]!, 0), 'float32');
    const given = [x, scale, theirs[3]!, theirs[4]!, theirs[5]!];
    const slopes = native.executeMultipleOutputs('FusedBatchNormGradV3', fused, [tf.mul(slope, open), ...given], 5);
    const ours = native.executeMultipleOutputs('EspalierBatchNormGrad', [relu(1)], [slope, x, scale, offset, bare[3]!, bare[4]!], 5);
    for (const output of [0, 1, 2]) assert.ok(apart(ours[output], slopes[output]) <= 2e-5, `gradient ${output}`);
  });
}

test('a mean of a thousand standard deviations costs no digits of the variance', { skip }, () => {
  const x = tf.add(tf.randomNormal([64, 8, 8, 16], 0, 1, 'float32', 3), 1000);
  const variance = native.executeMultipleOutputs(
    'EspalierBatchNorm',
    [epsilon, relu(0)],
    [x, tf.ones([16]), tf.zeros([16]), nothing],
    6,
  )[2]!;
  const values = Array.from(x.dataSync());
  for (let channel = 0; channel < 16; channel++) {
    const own = values.filter((_, at) => at % 16 === channel);
    const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
    const exact = own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (own.length - 1);
    assert.ok(Math.abs(variance.dataSync()[channel]! / exact - 1) <= 1e-6);
  }
});

test('the sums have the same bits in each of 20 runs', { skip }, () => {
  const x = tf.randomNormal([128, 16, 16, 16], 0, 1, 'float32', 5);
  const bits = () =>
    Buffer.from(
      native.executeMultipleOutputs('EspalierBatchNorm', [epsilon, relu(1)], [x, tf.ones([16]), tf.zeros([16]), nothing], 6)[1]!.dataSync()
        .buffer,
    ).toString('hex');
  const first = bits();
  for (let run = 1; run < 20; run++) assert.equal(bits(), first);
});

test('a shape that does not fit is told, not computed', { skip }, () => {
  const x = tf.zeros([2, 2, 2, 4]);
  assert.throws(
    () => native.executeMultipleOutputs('EspalierBatchNorm', [epsilon, relu(1)], [x, tf.ones([4]), tf.zeros([4]), tf.zeros([4])], 6),
    /shortcut has another shape/,
  );
});

test('Adam’s first step lowers a weight by the rate whatever the slope was, and leaves what is masked at +0.0', { skip }, () => {
  const [weight, first, second] = [tf.tensor1d([0.3, -0.2, 0]), tf.tensor1d([0, 0, 0]), tf.tensor1d([0, 0, 0])];
  const constants = Object.entries({ beta1: 0.9, beta2: 0.999, epsilon: 1e-7 }).map(([name, value]) => ({
    name,
    type: TF_ATTR_FLOAT,
    value,
  }));
  const scalars = [0.9, 0.999, 0.001, 0].map((value) => tf.scalar(value));
  const given = [...scalars, weight, first, second, tf.tensor1d([0.5, -40, -7]), tf.tensor1d([1, 1, 0])];
  native.executeMultipleOutputs('EspalierAdam', [{ name: 'N', type: TF_ATTR_INT, value: 1 }, ...constants], given, 1);
  const [a, b, c] = weight.dataSync();
  assert.ok(Math.abs(a! - 0.299) < 1e-6 && Math.abs(b! + 0.199) < 1e-6, `${a} ${b}`);
  assert.ok([c, first.dataSync()[2], second.dataSync()[2]].every((value) => Object.is(value, 0)));
});

test('kernels that are no addon are told with what the system says, absent ones as absent', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kernels-'));
  const path = join(folder, 'espalier_kernels.node');
  assert.equal(kernelsFrom(path), 'absent');
  writeFileSync(path, 'no addon');
  assert.match(kernelsFrom(path) ?? '', /espalier_kernels\.node: (file too short|invalid ELF header)|not a valid/);
  rmSync(folder, { recursive: true });
});
