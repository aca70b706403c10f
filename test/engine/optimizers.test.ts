// Every optimizer against Keras's own numbers, both op by op and as nodes of a graph; clipping, decay and masks included.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import type { Rank, Tensor, TensorInfo } from '@tensorflow/tfjs-node';
import { Optimizer } from '#contract/recipe.ts';
import { loadTensorflow } from '#main/engine/runtime/load-tensorflow.ts';
import { GraphDefinition } from '#main/engine/training/compiled/graph-definition.ts';
import { GraphSession } from '#main/engine/training/compiled/graph-session.ts';
import { nativeBackend } from '#main/engine/training/compiled/native-binding.ts';
import { scalarsAt, writeScalars, writeUpdates } from '#main/engine/training/compiled/optimizer-nodes.ts';
import { READY, copyOf, valueOf, variableName, writeReady, writeVariable } from '#main/engine/training/compiled/write-trace.ts';
import { clipByGlobalNorm, createUpdate, slotNames, type UpdateRule } from '#main/engine/training/optimizers.ts';
import { ruleOf } from './step-rules.ts';

type Values = Readonly<Record<'kernel' | 'bias', readonly number[]>>;
interface Goldens {
  readonly keras: string;
  readonly shapes: Values;
  readonly start: Values;
  readonly gradients: readonly Values[];
  readonly rates: readonly number[];
  readonly runs: readonly {
    readonly optimizer: Optimizer;
    readonly clip: number;
    readonly decay: number;
    readonly after: readonly Values[];
  }[];
}
const goldens = JSON.parse(readFileSync(resolve(import.meta.dirname, 'goldens/optimizers.json'), 'utf8')) as Goldens;
const tf = loadTensorflow();
const names = ['kernel', 'bias'] as const;
const tensorOf = (values: Values, name: keyof Values): Tensor => tf.tensor([...values[name]], [...goldens.shapes[name]], 'float32');

/** The weights after each step, op by op as `EagerStep` does it. */
function eagerly(rule: UpdateRule): Record<string, Float32Array>[] {
  const update = createUpdate(tf, rule);
  const variables = new Map(names.map((name) => [name, tf.variable<Rank>(tensorOf(goldens.start, name))]));
  const slots = new Map(names.map((name) => [name, slotNames[rule.optimizer].map((): Tensor => tf.zeros([...goldens.shapes[name]]))]));
  return goldens.gradients.map((gradients, step) => {
    const clipped = clipByGlobalNorm(tf, new Map(names.map((name) => [name, tensorOf(gradients, name)])), rule.clip);
    for (const name of names) {
      const next = update(variables.get(name)!, clipped.get(name)!, slots.get(name)!, goldens.rates[step]!, step);
      variables.get(name)!.assign(next.weight);
      slots.set(name, next.slots);
    }
    return Object.fromEntries(names.map((name) => [name, variables.get(name)!.dataSync<'float32'>()]));
  });
}

function kept(name: keyof Values, mask: readonly number[]): Tensor {
  return tf.tensor(
    goldens.start[name].map((value, at) => (mask[at] === 0 ? 0 : value)),
    [...goldens.shapes[name]],
    'float32',
  );
}

/** The same as nodes of a graph; `mask` is that of the kernel, and slots are told beside the weights. */
function inGraph(rule: UpdateRule, mask?: readonly number[]): Record<string, Float32Array>[] {
  const backend = nativeBackend(tf);
  const native = backend.binding;
  const graph = new GraphDefinition(native);
  const slots = names.flatMap((name) => slotNames[rule.optimizer].map((slot) => ({ name, key: `${name}/${slot}` })));
  const variables = new Map<string, Tensor>([
    ...names.map(
      (name) =>
        [variableName.weight(name), name === 'kernel' && mask !== undefined ? kept(name, mask) : tensorOf(goldens.start, name)] as const,
    ),
    ...slots.map(({ name, key }) => [variableName.slot(key), tf.zeros([...goldens.shapes[name]]) as Tensor] as const),
    ...(mask === undefined ? [] : ([[variableName.mask('kernel'), tf.tensor([...mask], [...goldens.shapes.kernel], 'float32')]] as const)),
  ]);
  writeReady(
    graph,
    native,
    [...variables].map(([name, { shape }]) => writeVariable(graph, native, name, shape)),
  );
  writeScalars(graph, native, rule);
  const gradients = new Map(names.map((name) => [name, graph.placeholder(`gradient/${name}`, native.TF_FLOAT, goldens.shapes[name])]));
  const updates = writeUpdates(graph, native, {
    prefix: '',
    gradients,
    results: [],
    masked: new Set(mask === undefined ? [] : ['kernel']),
    rule,
  });
  graph.node('done', 'Identity', ['rate', ...updates.map((name) => `^${name}`)], [graph.type('T', native.TF_FLOAT)]);
  const session = new GraphSession(backend, graph);
  session.run(new Map([...variables].map(([name, value]) => [valueOf(name), value])), [READY]);
  const told = [
    ...names.map((name) => [name, variableName.weight(name)] as const),
    ...slots.map(({ key }) => [key, variableName.slot(key)] as const),
  ];
  const after = goldens.gradients.map((given, step) => {
    const feeds = new Map<string, TensorInfo>([
      ...names.map((name) => [`gradient/${name}`, tensorOf(given, name)] as const),
      ...scalarsAt(rule, step, goldens.rates[step]!).map(([name, value]) => [name, tf.scalar(value)] as const),
    ]);
    session.run(feeds, ['done']);
    const values = session.run(
      new Map(),
      told.map(([, variable]) => copyOf(variable)),
    );
    return Object.fromEntries(told.map(([name], index) => [name, values[index]!.dataSync<'float32'>()]));
  });
  session.dispose();
  return after;
}

function largestDifference(ours: readonly Record<string, Float32Array>[], keras: readonly Values[]): number {
  return Math.max(
    ...keras.flatMap((values, step) => names.flatMap((name) => values[name].map((value, at) => Math.abs(value - ours[step]![name]![at]!)))),
  );
}

test('the goldens hold every optimizer, with clipping and without', () => {
  assert.deepEqual([...new Set(goldens.runs.map(({ optimizer }) => optimizer))].toSorted(), Optimizer.options.toSorted());
});

for (const { optimizer, clip, decay, after } of goldens.runs) {
  const what = `${optimizer}${clip === 0 ? '' : `, gradients clipped to a norm of ${clip}`}${decay === 0 ? '' : `, decay ${decay}`}`;
  test(`${what}: ${after.length} steps are Keras ${goldens.keras}'s to 2e-6`, (context) => {
    const rule = ruleOf(optimizer, { clip, weightDecay: decay });
    for (const [way, ours] of [
      ['op by op', eagerly(rule)],
      ['as a graph', inGraph(rule)],
    ] as const) {
      const apart = largestDifference(ours, after);
      context.diagnostic(`${way}: largest difference ${apart.toExponential(1)}`);
      assert.ok(apart <= 2e-6, `${way}: ${apart}`);
    }
  });

  test(`${what}: a masked weight and its slots have the bits of +0.0 after every step`, () => {
    const mask = [1, 0, 1, 0, 0, 1];
    inGraph(ruleOf(optimizer, { clip, weightDecay: decay }), mask).forEach((values, step) => {
      for (const [name, data] of Object.entries(values).filter(([key]) => key.startsWith('kernel'))) {
        mask.forEach((kept, at) => assert.ok(kept === 1 || Object.is(data[at], 0), `${name}[${at}] is ${data[at]} after step ${step}`));
      }
    });
  });
}

test('gradients 3 and 4 clipped to a norm of 1 are 0.6 and 0.8; of a norm below the bound they stay the same bits', () => {
  const given = new Map([
    ['a', tf.tensor1d([3])],
    ['b', tf.tensor1d([4])],
  ]);
  const clipped = clipByGlobalNorm(tf, given, 1);
  assert.ok(Math.abs(clipped.get('a')!.dataSync()[0]! - 0.6) < 1e-6 && Math.abs(clipped.get('b')!.dataSync()[0]! - 0.8) < 1e-6);
  assert.deepEqual([...clipByGlobalNorm(tf, given, 5.1).get('a')!.dataSync()], [3]);
});
