// FusedBatchNormV3 while training → our own kernel, which adds the shortcut and applies the ReLU after it in the same pass over memory.
import type { Source, TracedOp } from '../trace.ts';
import type { Rewrite, RewriteContext } from './rewrite.ts';

export const BATCH_NORM = 'EspalierBatchNorm';

export const nativeBatchNorm: Rewrite = (op, context) => {
  const { attribute, native } = context;
  if (op.name !== 'FusedBatchNormV3' || attribute(op, 'is_training') !== true || attribute(op, 'data_format') !== 'NHWC') return undefined;
  const [x, scale, offset, empty] = op.inputs;
  if (x === undefined || scale === undefined || offset === undefined || empty === undefined) return undefined;
  const { relu, shortcut } = followers(op, context);
  const epsilon = op.attributes.find(({ name }) => name === 'epsilon');
  return {
    ...op,
    name: BATCH_NORM,
    attributes: [epsilon!, { name: 'relu', type: native.TF_ATTR_INT!, value: relu === undefined ? 0 : 1 }],
    inputs: [x, scale, offset, shortcut ?? empty],
  };
};

/** The addition and the ReLU that the kernel has made already → nothing. */
export const afterNativeBatchNorm: Rewrite = (op, context) => {
  const made = context.ops.find((candidate) => candidate.name === BATCH_NORM && isMade(op, candidate, context));
  const source = made === undefined ? undefined : context.firstOutput(made);
  return source === undefined ? undefined : { ...op, name: 'Identity', attributes: [context.floatType], inputs: [source] };
};

function isMade(op: TracedOp, norm: TracedOp, context: RewriteContext): boolean {
  const { add, relu } = followers(norm, context);
  return (op === add || op === relu) && context.attribute(norm, 'relu') === 1;
}

interface Followers {
  readonly add?: TracedOp;
  readonly relu?: TracedOp;
  readonly shortcut?: Source;
}

/** The ReLU to which alone a normalisation's answer goes, directly or by way of the addition of a shortcut. */
export function followers(norm: TracedOp, context: RewriteContext): Followers {
  const next = onlyUser(norm, context);
  if (next?.name === 'Relu') return { relu: next };
  if (next?.name !== 'Add' && next?.name !== 'AddV2') return {};
  const relu = onlyUser(next, context);
  const own = context.firstOutput(norm);
  const [a, b] = next.inputs;
  if (relu?.name !== 'Relu' || own === undefined || a === undefined || b === undefined) return {};
  const [isFirst, isSecond] = [a, b].map((source) => source.from === 'op' && source.output === 0 && context.ops[source.op] === norm);
  const shortcut = isFirst ? b : a;
  // Both sides of the addition may be normalised: the second one takes the first one as its shortcut.
  if (isFirst === isSecond || (isFirst && context.opOf(shortcut)?.name === norm.name)) return {};
  const sides = [context.shapeOf(own), context.shapeOf(shortcut)].map((shape) => shape?.join());
  return sides[0] !== undefined && sides[0] === sides[1] ? { add: next, relu, shortcut } : {};
}

function onlyUser(op: TracedOp, { usersOf }: RewriteContext): TracedOp | undefined {
  const users = usersOf(op);
  return users?.length === 1 ? users[0] : undefined;
}
