// What is known of a tensor's channels on its way through a network, and what moving entries about does to them.
import { UNREMOVABLE, type ChannelClasses } from './channel-classes.ts';
import { unremovable } from './channel-uses.ts';
import type { TensorShape } from './config-values.ts';

/** Labels and constants are never changed, so tensors share them. */
export interface ChannelTensor {
  /** The axis that holds channels, counted from the back. */
  readonly axis: number;
  /** The channel that each entry of the axis belongs to. */
  readonly labels: Int32Array;
  /** What each entry is everywhere once its channel is removed; NaN where that is not one number. */
  readonly constants: Float64Array;
}

export function mapConstants(constants: Float64Array, rule: (constant: number) => number | null): Float64Array {
  let last = NaN;
  let image = NaN;
  return constants.map((constant) => {
    if (Number.isNaN(constant)) return NaN;
    if (constant !== last) image = rule((last = constant)) ?? NaN;
    return image;
  });
}

/** Each entry `times` times in a row, as a depth multiplier makes it. */
export function repeated(labels: Int32Array, times: number): Int32Array {
  return times === 1 ? labels : Int32Array.from({ length: labels.length * times }, (_, at) => labels[Math.floor(at / times)]!);
}

/** Side by side along the channel axis; `parts` without channels give their lengths. */
export function joined(axis: number, parts: readonly (ChannelTensor | number)[]): ChannelTensor {
  const labels = parts.map((part) => (typeof part === 'number' ? unremovable(part) : part.labels));
  const constants = parts.map((part) => (typeof part === 'number' ? new Float64Array(part).fill(NaN) : part.constants));
  const length = labels.reduce((sum, part) => sum + part.length, 0);
  const [allLabels, allConstants] = [new Int32Array(length), new Float64Array(length)];
  let at = 0;
  labels.forEach((part, index) => {
    allLabels.set(part, at);
    allConstants.set(constants[index]!, at);
    at += part.length;
  });
  return { axis, labels: allLabels, constants: allConstants };
}

/**
 * The same entries under another shape (both without the batch axis): the axis along which the channel is told by the index alone.
 * [7,7,C] → [49·C] has it: entry i is of channel i mod C. Where the old channels are a multiple of the new last axis, it gets one by
 * joining every K-th: [H,W,G·K] → [H,W,G,K], as a channel shuffle splits channels, or [49·K] units → [7,7,K]. Null where there is none.
 */
export function reshaped(
  classes: ChannelClasses,
  tensor: ChannelTensor,
  from: readonly number[],
  to: readonly number[],
): ChannelTensor | null {
  const found = channelAxis(classes, tensor, from, to);
  if (found !== null) return found;
  const each = to.at(-1) ?? 1;
  const { labels } = tensor;
  if (tensor.axis !== -1 || each < 2 || labels.length % each !== 0 || labels.includes(UNREMOVABLE)) return null;
  labels.forEach((label, at) => {
    classes.unite(label, labels[at % each]!);
  });
  return channelAxis(classes, tensor, from, to);
}

function channelAxis(classes: ChannelClasses, tensor: ChannelTensor, from: readonly number[], to: readonly number[]): ChannelTensor | null {
  const roots = tensor.labels.map((label) => (label === UNREMOVABLE ? UNREMOVABLE : classes.classOf(label)));
  const inner = product(from.slice(from.length + tensor.axis + 1));
  const total = product(from);
  for (let axis = -1; axis >= -to.length; axis--) {
    const found = along(tensor, roots, inner, total, to.at(axis) ?? 1, product(to.slice(to.length + axis + 1)), axis);
    if (found !== null) return found;
  }
  return null;
}

/** The channels told by the index along one new axis of this length and stride, if that is enough to tell them. */
function along(
  { labels, constants }: ChannelTensor,
  roots: Int32Array,
  inner: number,
  total: number,
  length: number,
  stride: number,
  axis: number,
): ChannelTensor | null {
  const first = new Int32Array(length).fill(-1); // where in the old axis an entry of the new one was seen first
  const image = new Float64Array(length);
  for (let start = 0, entry = 0; start < total; start += stride, entry = (entry + 1) % length) {
    for (let at = start; at < start + stride; at++) {
      const old = Math.floor(at / inner) % labels.length;
      const known = first[entry]!;
      if (known === -1) {
        first[entry] = old;
        image[entry] = constants[old]!;
      } else if (known !== old) {
        if (roots[known] !== roots[old]) return null;
        if (image[entry] !== constants[old]) image[entry] = NaN;
      }
    }
  }
  return { axis, labels: first.map((old) => labels[old]!), constants: image };
}

/** The axis (from the back) that a permutation of the axes 1, 2, … puts an axis at. */
export function permutedAxis(axis: number, dims: readonly number[]): number | null {
  const at = dims.indexOf(dims.length + 1 + axis);
  return at === -1 ? null : at - dims.length;
}

/** The size of an axis counted from the back, where shorter shapes are filled up with 1 behind the batch; null where it is free. */
export function sizeAlong(shape: TensorShape, axis: number): number | null {
  return -axis > shape.length - 1 ? 1 : (shape.at(axis) ?? null);
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((all, size) => all * size, 1);
}
