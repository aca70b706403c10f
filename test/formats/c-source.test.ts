// Generated C: it compiles without a warning under the strictest flags, and answers as tfjs.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { encodeWeights, floatLiteral } from '#formats/c-source/encode-weights.ts';
import { planArena } from '#formats/c-source/plan-arena.ts';
import { cSource, writeC } from '#formats/c-source/write-c.ts';
import { lowerModel } from '#formats/lowering/lower-model.ts';
import { shapeIn } from '#formats/lowering/plain-network.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { buildStarter } from '#network/starters.ts';
import { predictAllInTfjs, predictInTfjs } from '../network/run-in-tfjs.ts';
import { activationsInARow } from './activation-samples.ts';
import { sampleNetworks, samples, sequence, twoEnds } from './tflite-sample-networks.ts';

const folder = mkdtempSync(join(tmpdir(), 'c-source-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const strict = ['-std=c99', '-Wall', '-Wextra', '-Werror', '-pedantic'];
let written = 0;

/** The self-check's largest difference from tfjs's answers for two samples, as a share of their range. */
async function differenceInC(model: ModelArtifact, shape: readonly number[], flags: readonly string[] = ['-O1']): Promise<number> {
  const inputs = samples(shape, 2);
  const answers = await predictInTfjs(model, [2, ...shape], inputs);
  const half = (all: Float32Array, which: number): Float32Array => all.subarray((which * all.length) / 2, ((which + 1) * all.length) / 2);
  const target = join(folder, String(++written));
  const [source] = writeC(target, model, {
    name: 'net',
    vectors: [0, 1].map((which) => ({ inputs: [half(inputs, which)], outputs: [half(answers, which)] })),
  });
  execFileSync('cc', [...strict, ...flags, '-DSELF_CHECK', source!.path, '-lm', '-o', join(target, 'check')]);
  const { stdout, stderr, status } = spawnSync(join(target, 'check'), { encoding: 'utf8' });
  assert.equal(status, 0, stdout + stderr);
  return Number(/largest difference (\S+)/.exec(stdout)![1]);
}

/** Keeps every `nth` weight of every kernel. */
function thinned(model: ModelArtifact, nth: number): ModelArtifact {
  return {
    ...model,
    weights: model.weights.map((tensor) =>
      tensor.name.endsWith('kernel') ? { ...tensor, data: tensor.data.map((value, at) => (at % nth === 0 ? value : 0)) } : tensor,
    ),
  };
}

for (const [name, { model, shape }] of Object.entries(sampleNetworks)) {
  test(`${name}: whole, with 2 of 3 weights gone and with 39 of 40 gone, C answers as tfjs to 1e-5 of the range`, async (context) => {
    const apart = await Promise.all([1, 3, 40].map((nth) => differenceInC(thinned(model, nth), shape)));
    context.diagnostic(`largest differences ${apart.join(', ')}`);
    assert.ok(Math.max(...apart) <= 1e-5, apart.join());
  });
}

test('neither the address nor the undefined-behaviour sanitizer finds anything', async () => {
  for (const { model, shape } of Object.values(sampleNetworks))
    assert.ok((await differenceInC(thinned(model, 3), shape, ['-O1', '-fsanitize=address,undefined', '-fno-sanitize-recover'])) <= 1e-5);
});

test('every activation answers as tfjs to 1e-5', async () => {
  assert.ok((await differenceInC(activationsInARow, [20])) <= 1e-5);
});

test("two inputs and two outputs come in the model's order; a layer called twice has its weights once: 4 · 4 + 4 + 8 · 2 + 2 floats", async () => {
  const model = twoEnds();
  const inputs = [samples([4], 1, 1), samples([4], 1, 2)];
  const answers = await predictAllInTfjs(
    model,
    inputs.map((data) => ({ shape: [1, 4], data })),
  );
  const target = join(folder, 'two');
  const [source] = writeC(target, model, { name: 'two', vectors: [{ inputs, outputs: [answers.subarray(0, 4), answers.subarray(4)] }] });
  execFileSync('cc', [...strict, '-DSELF_CHECK', source!.path, '-lm', '-o', join(target, 'check')]);
  assert.ok(Number(/difference (\S+)/.exec(execFileSync(join(target, 'check'), { encoding: 'utf8' }))![1]) < 1e-6);
  assert.equal(cSource(model, 'two').flashBytes, 4 * (16 + 4 + 16 + 2));
});

test('a self-check with a wrong answer fails', () => {
  const { model } = sampleNetworks['dense']!;
  const target = join(folder, 'wrong');
  const [source] = writeC(target, model, { name: 'net', vectors: [{ inputs: [samples([6], 1)], outputs: [Float32Array.of(1, 0, 0, 0)] }] });
  execFileSync('cc', [...strict, '-DSELF_CHECK', source!.path, '-lm', '-o', join(target, 'check')]);
  assert.equal(spawnSync(join(target, 'check')).status, 1);
});

test('lenet-300-100 needs 1,600 bytes between its layers: 300 and 100 floats; its weights take the bytes that they have', () => {
  const { flashBytes, ramBytes } = cSource(buildStarter('lenet-300-100', 1), 'lenet');
  assert.equal(ramBytes, 4 * (300 + 100));
  // Fresh biases are zeros and aren't stored.
  assert.equal(flashBytes, 4 * (784 * 300 + 300 * 100 + 100 * 10));
});

test('with 9 of 10 weights gone, lenet-300-100 takes 106,480 bytes for values and at most a bit an entry for their places', () => {
  const { flashBytes } = cSource(thinned(buildStarter('lenet-300-100', 1), 10), 'lenet');
  const kept = 26_620;
  assert.ok(flashBytes > 4 * kept && flashBytes <= 4 * kept + Math.ceil(266_200 / 8), String(flashBytes));
});

test('encoded weights decode to themselves, and never take more bytes than whole', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, fc.float({ noNaN: true, noDefaultInfinity: true })), { maxLength: 2000 }),
      (values) => {
        const data = Float32Array.from(values);
        const encoded = encodeWeights(data);
        const decoded = new Float32Array(data.length);
        let at = -1;
        let read = 0;
        if (encoded.kind === 'dense') decoded.set(encoded.values);
        else
          for (const value of encoded.values) {
            if (encoded.kind === 'bits')
              do at++;
              while (((encoded.where[at >> 3]! >> (at & 7)) & 1) === 0);
            else {
              for (; encoded.where[read] === 255; read++) at += 255;
              at += encoded.where[read++]! + 1;
            }
            decoded[at] = value;
          }
        assert.ok(decoded.every((value, index) => value === data[index]));
        assert.ok(encoded.bytes <= data.byteLength);
      },
    ),
  );
});

test('a network of more than 32 MiB of weights is refused', () => {
  const model = buildStarter('lenet-300-100', 1);
  const large = {
    ...model,
    weights: [
      ...model.weights,
      { name: 'more/kernel', dtype: 'float32' as const, shape: [8_388_608], data: new Float32Array(8_388_608).fill(1) },
    ],
  };
  assert.throws(() => cSource(large, 'large'), { code: 'over-limit' });
});

test('every float comes back from its literal', () => {
  fc.assert(
    fc.property(
      fc.float({ noNaN: true, noDefaultInfinity: true }),
      (value) => Object.is(Math.fround(Number.parseFloat(floatLiteral(value))), value) || value === 0,
    ),
  );
});

test('whatever an operation reads is still what was written there', () => {
  for (const { model } of Object.values(sampleNetworks)) {
    const network = lowerModel(model);
    const { places, size } = planArena(network);
    const written = new Array<string>(size).fill('');
    const contents = new Map<string, string>();
    const cells = (tensor: string): [number, number] => {
      const place = places.get(tensor)!;
      return place.in === 'arena'
        ? [place.offset, place.offset + shapeIn(network, tensor).reduce((product, length) => product * length, 1)]
        : [0, 0];
    };
    for (const { kind, inputs, output } of network.operations) {
      for (const input of inputs)
        assert.ok(
          written.slice(...cells(input)).every((content) => content === (contents.get(input) ?? input)),
          `${output} reads ${input} after it was overwritten`,
        );
      const shares = kind === 'reshape' && cells(output).join() === cells(inputs[0]!).join();
      contents.set(output, shares ? (contents.get(inputs[0]!) ?? inputs[0]!) : output);
      written.fill(contents.get(output)!, ...cells(output));
    }
  }
});

test("a name that C can't have is refused; the model's own name is made one", () => {
  const model = sequence('3 layers; int main', [2], [['Dense', { units: 1 }]]);
  assert.throws(() => writeC(folder, model, { name: 'a b' }), { code: 'bad-input', where: 'name' });
  assert.throws(() => writeC(folder, model, { name: 'while' }), { code: 'bad-input' });
  const files = writeC(join(folder, 'named'), model);
  assert.match(files[0]!.path, /layers_int_main\.c$/);
  assert.match(readFileSync(files[1]!.path, 'utf8'), /void layers_int_main_run\(const float \*input_0, float \*output_0\);/);
});

test("a layer's name can't end the comment that it stands in", () => {
  const model = sequence('evil', [3], [['Dense', { units: 2, name: '*/ #error "out" /* \\\n??/' }]]);
  const [source] = writeC(join(folder, 'evil'), { ...model, metadata: { note: '*/ #error' } }, { name: 'evil' });
  execFileSync('cc', [...strict, '-DSELF_CHECK', source!.path, '-lm', '-o', join(folder, 'evil', 'check')]);
  assert.match(execFileSync(join(folder, 'evil', 'check'), { encoding: 'utf8' }), /^4 vectors, largest difference \S+ of the range/);
});
