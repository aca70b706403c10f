// What a rewrite of a recorded graph is: kernels replaced in place by fewer or faster ones that give the same numbers.
import type { NativeBinding, NativeAttribute } from '../native-binding.ts';
import type { RecordedConstant } from '../record-ops.ts';
import type { Source, TracedOp } from '../trace.ts';

/** A recorded computation, as far as rewrites look at it. Ops that nothing uses any more are left out by TensorFlow itself. */
export interface Traced {
  readonly ops: readonly TracedOp[];
  readonly constants: readonly RecordedConstant[];
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

function contextOf(native: NativeBinding, { ops, constants, weightShapes }: Traced): RewriteContext {
  const opOf = (source: Source | undefined) => (source?.from === 'op' && source.output === 0 ? ops[source.op] : undefined);
  return {
    native,
    ops,
    constants,
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
    floatType: { name: 'T', type: native.TF_ATTR_TYPE!, value: native.TF_FLOAT },
    channelsLast: { name: 'data_format', type: native.TF_ATTR_STRING!, value: 'NHWC' },
  };
}
