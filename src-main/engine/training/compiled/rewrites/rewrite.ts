// What a rewrite of a recorded graph is: kernels replaced in place by fewer or faster ones that give the same numbers.
import type { NativeBinding, NativeAttribute } from '../native-binding.ts';
import type { RecordedConstant } from '../record-ops.ts';
import type { Source, TracedOp } from '../trace.ts';

/** A recorded computation, as far as rewrites look at it. */
export interface Traced {
  readonly ops: readonly TracedOp[];
  readonly constants: readonly RecordedConstant[];
  /** What the computation is for: its results, and the statistics that it writes. */
  readonly wanted: readonly Source[];
  /** Shapes of the weights by name. */
  readonly weightShapes: ReadonlyMap<string, readonly number[]>;
}

export interface RewriteContext extends Traced {
  readonly native: NativeBinding;
  /** The op behind a source, if it is an op's first output. */
  opOf(source: Source | undefined): TracedOp | undefined;
  /** Undefined where it isn't known. */
  shapeOf(source: Source): readonly number[] | undefined;
  /** The values of a constant source, looked through reshapes of constants. */
  constantOf(source: Source | undefined): ArrayLike<number> | undefined;
  attribute(op: TracedOp, name: string): unknown;
  /** The first output of an op as a source; undefined for an op that isn't there. */
  firstOutput(op: TracedOp): Source | undefined;
  /** The ops that need an op's first output for something that is wanted; undefined where it is wanted itself. */
  usersOf(op: TracedOp): readonly TracedOp[] | undefined;
  readonly floatType: NativeAttribute;
  readonly channelsLast: NativeAttribute;
}

/** The op to put in place of `op`, with the same outputs; undefined leaves it. */
export type Rewrite = (op: TracedOp, context: RewriteContext) => TracedOp | undefined;

/** Each rewrite in turn over all ops. */
export function applyRewrites(native: NativeBinding, traced: Traced, rewrites: readonly Rewrite[]): TracedOp[] {
  return rewrites.reduce<readonly TracedOp[]>((ops, rewrite) => {
    const context = contextOf(native, { ...traced, ops });
    return ops.map((op) => rewrite(op, context) ?? op);
  }, traced.ops) as TracedOp[];
}

export function same(a: Source | undefined, b: Source | undefined): boolean {
  return a !== undefined && b !== undefined && JSON.stringify(a) === JSON.stringify(b);
}

function contextOf(native: NativeBinding, { ops, constants, wanted, weightShapes }: Traced): RewriteContext {
  const opOf = (source: Source | undefined) => (source?.from === 'op' && source.output === 0 ? ops[source.op] : undefined);
  const indices = new Map(ops.map((op, index) => [op, index]));
  let users: ReadonlyMap<TracedOp, readonly TracedOp[]> | undefined;
  return {
    native,
    ops,
    constants,
    wanted,
    weightShapes,
    opOf,
    shapeOf(source) {
      if (source.from === 'op') return ops[source.op]!.outputs[source.output]!.shape;
      if (source.from === 'weight') return weightShapes.get(source.name);
      return source.from === 'constant' ? constants[source.constant]!.shape : undefined;
    },
    constantOf(source) {
      if (source?.from !== 'constant') return undefined;
      const { values } = constants[source.constant]!;
      return values instanceof Float32Array || values instanceof Int32Array ? values : undefined;
    },
    attribute: (op, name) => op.attributes.find((attribute) => attribute.name === name)?.value,
    firstOutput: (op) => {
      const index = indices.get(op);
      return index === undefined ? undefined : { from: 'op', op: index, output: 0 };
    },
    usersOf(op) {
      users ??= usersByOp(ops, wanted);
      const index = indices.get(op);
      return wanted.some((source) => source.from === 'op' && source.op === index && source.output === 0)
        ? undefined
        : (users.get(op) ?? []);
    },
    floatType: { name: 'T', type: native.TF_ATTR_TYPE!, value: native.TF_FLOAT },
    channelsLast: { name: 'data_format', type: native.TF_ATTR_STRING!, value: 'NHWC' },
  };
}

/** The ops on which something wanted depends. */
export function liveOps(ops: readonly TracedOp[], wanted: readonly Source[]): ReadonlySet<TracedOp> {
  const live = new Set<TracedOp>();
  const open = [...wanted];
  for (let source = open.pop(); source !== undefined; source = open.pop()) {
    if (source.from !== 'op') continue;
    const op = ops[source.op]!;
    if (live.has(op)) continue;
    live.add(op);
    open.push(...op.inputs);
  }
  return live;
}

/** Users of first outputs, among the ops on which something wanted depends. */
function usersByOp(ops: readonly TracedOp[], wanted: readonly Source[]): Map<TracedOp, TracedOp[]> {
  const users = new Map<TracedOp, TracedOp[]>();
  for (const op of liveOps(ops, wanted)) {
    for (const input of op.inputs) {
      if (input.from !== 'op' || input.output !== 0) continue;
      const used = ops[input.op]!;
      users.set(used, [...(users.get(used) ?? []), op]);
    }
  }
  return users;
}
