// .tflite files, read back by an independent reader: layout, number formats, quantisation. Long because each trait is a test of its own.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Recipe, TrainSettings } from '#contract/recipe.ts';
import { briefMetadata } from '#formats/tflite/brief-metadata.ts';
import fc from 'fast-check';
import { halfToFloat } from '#formats/half-floats.ts';
import { floatToHalf } from '#formats/half-floats.ts';
import { quantizationOf } from '#formats/tflite/int8-format.ts';
import { lowerModel } from '#formats/lowering/lower-model.ts';
import { observeRanges } from '#formats/lowering/observe-ranges.ts';
import { runPlain } from '#formats/lowering/run-plain.ts';
import { tfliteBytes } from '#formats/tflite/write-tflite.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { buildStarter } from '#network/starters.ts';
import { largestDifference } from '../network/run-in-tfjs.ts';
import { readTflite } from './tflite-reader.ts';
import { graph, sampleNetworks, samples, sequence, twoEnds } from './tflite-sample-networks.ts';

const [CONV_2D, DEQUANTIZE, QUANTIZE] = [3, 6, 114];

function pruned(model: ModelArtifact): ModelArtifact {
  return {
    ...model,
    weights: model.weights.map((tensor) =>
      tensor.name.endsWith('kernel') ? { ...tensor, data: tensor.data.map((value, at) => (at % 5 === 0 ? value : 0)) } : tensor,
    ),
  };
}

function largestOf(bytes: Uint8Array): number {
  return Math.max(...Array.from(new Int8Array(bytes.slice().buffer), Math.abs));
}

test('a file begins with TFL3, and all constants of all sample networks begin at a multiple of 16 bytes', () => {
  for (const [name, { model, shape }] of Object.entries(sampleNetworks)) {
    const ranges = observeRanges(model, samples(shape, 4));
    for (const weights of ['float32', 'float16', 'int8'] as const) {
      if (weights === 'int8' && name === 'normalised') continue;
      const { identifier, tensors } = readTflite(tfliteBytes(model, { weights, ranges }));
      assert.equal(identifier, 'TFL3');
      assert.deepEqual(
        [...tensors.values()].filter(({ at }) => at % 16 !== 0),
        [],
      );
    }
  }
});

test('of a recipe the metadata have what is not as usual, and all of what is no recipe', () => {
  const steps = [
    { by: 'training', settings: TrainSettings.parse({ epochs: 3 }) },
    { by: 'pruning', recipe: Recipe.parse({ granularity: 'filter', sparsity: 0.5, layers: [{ pattern: 'conv*', sparsity: 0 }] }) },
  ];
  assert.deepEqual(briefMetadata({ espalierVersion: '1.2.3', lineage: steps }), {
    espalierVersion: '1.2.3',
    lineage: [
      { by: 'training', settings: { epochs: 3 } },
      { by: 'pruning', recipe: { granularity: 'filter', sparsity: 0.5, layers: [{ pattern: 'conv*', sparsity: 0 }] } },
    ],
  });
  assert.deepEqual(briefMetadata({ lineage: 'root' }), { lineage: 'root' });
});

test('the input has the shape [1, 28, 28, 1] and the signature [-1, 28, 28, 1]; metadata lies beside', () => {
  const { tensors, metadata, codes } = readTflite(
    tfliteBytes({ ...buildStarter('cnn-small', 1), metadata: { lineage: 'root' } }, { weights: 'float32' }),
  );
  const input = tensors.get('conv1_input')!;
  assert.deepEqual([input.shape, input.signature, input.type], [[1, 28, 28, 1], [-1, 28, 28, 1], 0]);
  assert.deepEqual(JSON.parse(metadata), { lineage: 'root' });
  // Batch normalisation and ReLU are in the convolutions: conv, max-pool, conv, max-pool, reshape, dense, dense, softmax.
  assert.deepEqual(codes, [CONV_2D, 17, CONV_2D, 17, 22, 9, 9, 25]);
});

test('pruned zeros stay zeros in every number format', () => {
  const model = pruned(buildStarter('lenet-5', 1));
  const zeros = (bytes: Uint8Array, width: number): number =>
    Array.from({ length: bytes.length / width }, (_, at) => bytes.subarray(at * width, (at + 1) * width)).filter((entry) =>
      entry.every((byte) => byte === 0),
    ).length;
  const wanted = model.weights.find(({ name }) => name === 'fc1/kernel')!.data.filter((value) => value === 0).length;
  const ranges = observeRanges(model, samples([28, 28, 1], 2));
  for (const [weights, name, width] of [
    ['float32', 'relu/kernel', 4],
    ['float16', 'half', 2],
    ['int8', 'kernel', 1],
  ] as const) {
    const { tensors } = readTflite(tfliteBytes(model, { weights, ranges }));
    const kernel = [...tensors.values()].find((tensor) => tensor.data.length === 500 * 800 * width)!;
    assert.ok(zeros(kernel.data, width) >= wanted, `${name}: ${zeros(kernel.data, width)} of ${wanted}`);
  }
});

test('lenet-300-100: 1,066 KB of float32, half of it in float16, a quarter in int8', () => {
  const model = buildStarter('lenet-300-100', 1);
  const [whole, half, quarter] = (['float32', 'float16', 'int8'] as const).map(
    (weights) => tfliteBytes(model, { weights, ranges: observeRanges(model, samples([28, 28, 1], 2)) }).length,
  );
  assert.ok(whole! > 1_066_440 && whole! < 1_072_000, String(whole));
  assert.ok(half! < whole! * 0.505 && quarter! < whole! * 0.265, `${half} ${quarter}`);
});

test('int8 has a symmetric scale a filter, biases at input scale times that, and softmax at 1/256 from −128', () => {
  const model = buildStarter('cnn-small', 1);
  const { tensors } = readTflite(tfliteBytes(model, { weights: 'int8', ranges: observeRanges(model, samples([28, 28, 1], 3)) }));
  const kernel = [...tensors.values()].find(({ shape }) => shape.join() === '16,3,3,1')!;
  const bias = tensors.get(kernel.name.replace('kernel', 'bias'))!;
  const input = tensors.get('conv1_input')!;
  assert.deepEqual([kernel.type, kernel.scales.length, kernel.zeroPoint, bias.type], [9, 16, 0, 2]);
  kernel.scales.forEach((scale, filter) => {
    assert.ok(Math.abs(bias.scales[filter]! / (scale * input.scales[0]!) - 1) < 1e-6);
    const largest = largestOf(kernel.data.slice(filter * 9, filter * 9 + 9));
    assert.ok(largest >= 126 && largest <= 127, `filter ${filter}: ${largest}`);
  });
  assert.deepEqual([tensors.get('fc2')!.scales, tensors.get('fc2')!.zeroPoint], [[1 / 256], -128]);
});

test('int8 units of a dense layer share scales: each is the widest one or a half, a quarter… of it, and uses 6 bits at least', () => {
  const model = sequence('uneven', [64], [['Dense', { units: 6 }]]);
  const reach = [1, 0.51, 0.49, 0.2, 0.001, 0];
  const uneven = {
    ...model,
    weights: model.weights.map((tensor) =>
      tensor.name === 'l0/kernel' ? { ...tensor, data: tensor.data.map((value, at) => Math.sin(at) * reach[at % 6]!) } : tensor,
    ),
  };
  const { tensors } = readTflite(tfliteBytes(uneven, { weights: 'int8', ranges: observeRanges(uneven, samples([64], 4)) }));
  const { scales, data } = tensors.get('l0/kernel')!;
  assert.deepEqual(
    scales.map((scale) => scale / scales[0]!),
    [1, 1, 1 / 2, 1 / 4, 1 / 512, 1],
  );
  const largest = reach.map((_, unit) => largestOf(data.slice(64 * unit, 64 * unit + 64)));
  assert.ok(
    largest.slice(0, 5).every((value) => value >= 63 && value <= 127),
    largest.join(),
  );
});

test('zero is a whole number of steps in every range', () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true, min: -1e6, max: 1e6 }), fc.float({ noNaN: true, min: 0, max: 1e6 }), (min, width) => {
      const {
        scales: [scale],
        zeroPoint,
      } = quantizationOf({ min, max: min + width });
      return Number.isInteger(zeroPoint) && zeroPoint >= -128 && zeroPoint <= 127 && scale! > 0;
    }),
  );
  assert.deepEqual(quantizationOf({ min: 0, max: 2.55 }), { scales: [Math.fround(0.01)], zeroPoint: -128, axis: 0 });
  assert.deepEqual(quantizationOf({ min: -1, max: 1.55 }).zeroPoint, -28);
});

test('a filter whose weights are all pruned keeps its bias: it fits 32 bits', () => {
  const model = sequence('empty', [4], [['Dense', { units: 2 }]]);
  const empty = {
    ...model,
    weights: model.weights.map((tensor) =>
      tensor.name === 'l0/kernel'
        ? { ...tensor, data: tensor.data.map((value, at) => (at % 2 === 0 ? 0 : value * 1e-9)) }
        : { ...tensor, data: Float32Array.of(1000, -1000) },
    ),
  };
  const { tensors } = readTflite(tfliteBytes(empty, { weights: 'int8', ranges: observeRanges(empty, samples([4], 4)) }));
  const bias = tensors.get('l0/bias')!;
  const stored = new Int32Array(bias.data.slice().buffer);
  stored.forEach((value, unit) =>
    assert.ok(Math.abs((value * bias.scales[unit]!) / [1000, -1000][unit]! - 1) < 1e-3, String(value * bias.scales[unit]!)),
  );
});

test('joining tensors of different scales requantises only those that others read too', () => {
  const model = graph(
    'join',
    [4],
    [
      ['a', 'Dense', ['in'], { units: 3 }],
      ['b', 'Dense', ['a'], { units: 3, activation: 'sigmoid' }],
      ['c', 'Dense', ['b'], { units: 2 }],
      ['all', 'Concatenate', ['b', 'c'], { axis: 1 }],
    ],
  );
  const { codes, tensors } = readTflite(tfliteBytes(model, { weights: 'int8', ranges: observeRanges(model, samples([4], 9)) }));
  assert.equal(codes.filter((code) => code === QUANTIZE).length, 1);
  assert.deepEqual(tensors.get('c')!.scales, tensors.get('all')!.scales);
});

test('float16 has one dequantisation for each kernel and each bias', () => {
  const { codes } = readTflite(tfliteBytes(buildStarter('lenet-300-100', 1), { weights: 'float16' }));
  assert.equal(codes.filter((code) => code === DEQUANTIZE).length, 6);
});

test('halves: every half comes back, and every float goes to the nearest', () => {
  for (let half = 0; half < 0x7c00; half++) assert.equal(floatToHalf(halfToFloat(half)), half);
  assert.deepEqual(
    [1, -2, 65_504, 1e9, 2 ** -25, 1.5 * 2 ** -24, 1 + 2 ** -11, 1 + 3 * 2 ** -11].map(floatToHalf),
    [0x3c00, 0xc000, 0x7bff, 0x7bff, 0, 2, 0x3c00, 0x3c02],
  );
  fc.assert(
    fc.property(fc.float({ noNaN: true, min: -60_000, max: 60_000 }), (value) => {
      const half = floatToHalf(value);
      const off = (other: number): number => Math.abs(halfToFloat(other) - value);
      return off(half) <= off(half + 1) && ((half & 0x7fff) === 0 || off(half) <= off(half - 1));
    }),
  );
});

test('int8 without ranges, or with an activation that has no integer kernel, is refused by name', () => {
  const model = sequence('refused', [4], [['Dense', { units: 2, activation: 'selu' }]]);
  assert.throws(() => tfliteBytes(model, { weights: 'int8' }), { code: 'bad-input', where: 'l0_input' });
  assert.throws(() => tfliteBytes(model, { weights: 'int8', ranges: observeRanges(model, samples([4], 2)) }), {
    code: 'unsupported',
    where: 'layer "l0"',
  });
});

test('a layer called twice has its kernel once, in every number format', () => {
  for (const weights of ['float32', 'float16', 'int8'] as const) {
    const range = { min: -1, max: 1 };
    const ranges = new Map(
      lowerModel(twoEnds())
        .operations.flatMap(({ inputs, output }) => [...inputs, output])
        .map((name) => [name, range]),
    );
    const { tensors } = readTflite(tfliteBytes(twoEnds(), { weights, ranges }));
    assert.equal([...tensors.keys()].filter((name) => /^shared\/kernel(#\d)?$/.test(name)).length, 1, weights);
  }
});

test('the same model gives the same bytes', () => {
  const { model } = sampleNetworks['residual']!;
  assert.deepEqual(tfliteBytes(model, { weights: 'float32' }), tfliteBytes(model, { weights: 'float32' }));
});

test('a convolution in 2 groups is two convolutions side by side', () => {
  const grouped = lowerModel(sequence('grouped', [5, 5, 4], [['Conv2D', { filters: 6, kernel_size: [3, 3], groups: 2 }]]));
  const [operation] = grouped.operations;
  assert.ok(operation?.kind === 'convolution' && operation.groups === 2 && operation.kernel.length === 9 * 2 * 6);
  const input = samples([5, 5, 4], 1);
  const answer = runPlain(grouped, new Map([[grouped.inputs[0]!, input]])).get('l0')!;
  const half = (group: number): Float32Array => {
    const own = {
      ...operation,
      groups: 1,
      kernel: operation.kernel.filter((_, at) => Math.floor((at % 6) / 3) === group),
      bias: operation.bias.slice(3 * group, 3 * group + 3),
    };
    const network = {
      ...grouped,
      operations: [own],
      shapes: new Map([
        [grouped.inputs[0]!, [5, 5, 2]],
        ['l0', [3, 3, 3]],
      ]),
    };
    return runPlain(network, new Map([[grouped.inputs[0]!, input.filter((_, at) => Math.floor((at % 4) / 2) === group)]])).get('l0')!;
  };
  const [one, other] = [half(0), half(1)];
  const joined = Float32Array.from({ length: 54 }, (_, at) => (at % 6 < 3 ? one : other)[Math.floor(at / 6) * 3 + (at % 3)]!);
  assert.ok(largestDifference(answer, joined) < 1e-6);
});
