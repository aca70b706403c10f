// What a computation does on a whole batch, worked out from what it did on a few samples: recording it costs little time and memory then.
import type { NativeAttribute } from './native-binding.ts';
import type { RecordedConstant } from './record-ops.ts';
import { NotTraceable, type Trace, type TracedOp } from './trace.ts';

/** A trace, and the number of samples on which it was recorded. */
export interface Recorded<T extends Trace> {
  readonly count: number;
  readonly trace: T;
}

/**
 * The trace at `count` samples. Every whole number in it (a side of a shape, an attribute, an element of an integer constant) must follow a straight line
 * over the counts of `recorded`, every other constant be the same, proportional to the count or inversely so; the kernels and what goes into each must
 * be the same. So must the numbers on which it was recorded not be: a constant that depends on the data or on chance follows none of the three.
 * Worked example: a Reshape to (2, 49), (4, 49) and (8, 49) reshapes to (128, 49) at 128, and a divisor of 98, 196 and 392 is 6,272.
 * @throws NotTraceable where something follows no such law
 */
export function traceAt<T extends Trace>(recorded: readonly Recorded<T>[], count: number): T {
  const [{ trace: model }] = recorded as readonly [Recorded<T>];
  const traces = recorded.map(({ trace }) => trace);
  const scale = new Scale(
    recorded.map((one) => one.count),
    count,
  );
  const outline = ({ ops, constants, seeds, statistics, wanted }: Trace) =>
    JSON.stringify([ops.map(({ name, inputs }) => [name, inputs]), constants.length, seeds.length, [...statistics], wanted]);
  if (new Set(traces.map(outline)).size > 1) throw new NotTraceable('its operations depend on the data');
  return {
    ...model,
    ops: model.ops.map((op, index) => {
      const ops = traces.map((trace) => trace.ops[index]!);
      return { ...op, attributes: attributesAt(ops, scale), outputs: outputsAt(ops, scale) };
    }),
    constants: model.constants.map((_, index) =>
      constantAt(
        traces.map((trace) => trace.constants[index]!),
        scale,
      ),
    ),
  };
}

class Scale {
  readonly #counts: readonly number[];
  readonly #count: number;

  constructor(counts: readonly number[], count: number) {
    this.#counts = counts;
    this.#count = count;
  }

  whole(values: readonly number[]): number {
    const [first, second] = values as [number, number];
    const [a, b] = this.#counts as [number, number];
    if (same(values)) return first;
    const slope = (second - first) / (b - a);
    if (!values.every((value, index) => value === first + slope * (this.#counts[index]! - a))) throw unlawful();
    return first + slope * (this.#count - a);
  }

  real(values: readonly number[]): number {
    if (same(values)) return values[0]!;
    const shares = values.map((value, index) => value / this.#counts[index]!);
    if (same(shares)) return shares[0]! * this.#count;
    const wholes = values.map((value, index) => value * this.#counts[index]!);
    if (same(wholes)) return wholes[0]! / this.#count;
    throw unlawful();
  }

  wholes(lists: readonly (readonly number[])[]): number[] {
    return elements(lists).map((values) => this.whole(values));
  }
}

function attributesAt(ops: readonly TracedOp[], scale: Scale): NativeAttribute[] {
  return ops[0]!.attributes.map((attribute, index) => {
    const values = ops.map((op) => op.attributes[index]?.value);
    if (values.every(isWhole)) return { ...attribute, value: scale.whole(values) };
    if (values.every((value): value is number[] => Array.isArray(value) && value.every(isWhole)))
      return { ...attribute, value: scale.wholes(values) };
    if (new Set(values.map((value) => JSON.stringify(value))).size > 1) throw unlawful();
    return attribute;
  });
}

function outputsAt(ops: readonly TracedOp[], scale: Scale): TracedOp['outputs'] {
  return elements(ops.map(({ outputs }) => outputs)).map((outputs) => {
    if (!same(outputs.map(({ dtype }) => dtype))) throw unlawful();
    return { ...outputs[0]!, shape: scale.wholes(outputs.map(({ shape }) => shape)) };
  });
}

type Numbers = Float32Array | Int32Array | Uint8Array;

function constantAt(constants: readonly RecordedConstant[], scale: Scale): RecordedConstant {
  const [first] = constants as readonly [RecordedConstant];
  const lists = constants.map(({ values }) => values as Numbers);
  if (!same(constants.map(({ dtype }) => dtype))) throw unlawful();
  if (lists.every((list) => sameBytes(list, lists[0]!)) && same(constants.map(({ shape }) => shape.join()))) return first;
  const shape = scale.wholes(constants.map((one) => one.shape));
  const law = (values: readonly number[]) => (first.values instanceof Int32Array ? scale.whole(values) : scale.real(values));
  const length = shape.reduce((product, side) => product * side, 1);
  const values = new (first.values.constructor as new (length: number) => Numbers)(length);
  if (same(lists.map((list) => list.length)))
    elements(lists.map((list) => Array.from(list))).forEach((each, at) => (values[at] = law(each)));
  else if (lists.every((list) => list.length > 0 && list.every((value) => Object.is(value, list[0]))))
    values.fill(law(lists.map((list) => list[0]!)));
  else throw unlawful();
  return { ...first, shape, values };
}

/** The first elements of all lists, then the second ones, … @throws NotTraceable where lists differ in length */
function elements<E>(lists: readonly (readonly E[])[]): E[][] {
  if (!same(lists.map((list) => list.length))) throw unlawful();
  return lists[0]!.map((_, at) => lists.map((list) => list[at]!));
}

const same = (values: readonly (number | string)[]) => values.every((value) => Object.is(value, values[0]));
const isWhole = (value: unknown): value is number => Number.isInteger(value);
const unlawful = () => new NotTraceable('it computes some numbers outside TensorFlow, from the data or by chance');

function sameBytes(a: ArrayBufferView, b: ArrayBufferView): boolean {
  return Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(Buffer.from(b.buffer, b.byteOffset, b.byteLength));
}
