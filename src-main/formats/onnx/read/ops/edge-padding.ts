// Padding by what lies at the edges: reflected, repeated, or from the other side; pieces are cut out and joined around.
import type { Flow } from '../network-builder.ts';
import type { NodeCall } from '../node-call.ts';
import { cut } from './padding-and-cutting.ts';

export type EdgeMode = 'reflect' | 'edge' | 'wrap';
/** Pieces that one axis is put together from: each is a layer. */
const mostPieces = 64;

/** From where to where along an axis; whole pieces where entries follow one another, single ones where they go backwards. */
type Piece = readonly [from: number, to: number];

/** @param before and after: counts a ONNX axis; none below zero. */
export function edgePadded(call: NodeCall, flow: Flow, mode: EdgeMode, before: readonly number[], after: readonly number[]): Flow {
  return before.reduce((whole, count, axis) => {
    if (count === 0 && after[axis] === 0) return whole;
    return fromPieces(call, whole, axis, pieces(call, whole.shape[axis]!, mode, count, after[axis]!));
  }, flow);
}

function pieces(call: NodeCall, length: number, mode: EdgeMode, before: number, after: number): readonly Piece[] {
  const all: readonly Piece[] = [[0, length]];
  const reach = mode === 'edge' ? Infinity : mode === 'wrap' ? length : length - 1;
  if (Math.max(before, after) > reach) throw call.refusal('it pads further than its input is long');
  const single = (at: number): Piece => [at, at + 1];
  const list = (count: number, place: (index: number) => Piece): Piece[] => Array.from({ length: count }, (_, index) => place(index));
  switch (mode) {
    case 'edge':
      return [...list(before, () => single(0)), ...all, ...list(after, () => single(length - 1))];
    case 'reflect':
      return [...list(before, (index) => single(before - index)), ...all, ...list(after, (index) => single(length - 2 - index))];
    case 'wrap':
      return [...(before > 0 ? [[length - before, length] as const] : []), ...all, ...(after > 0 ? [[0, after] as const] : [])];
  }
}

/** Pieces of one axis, one behind the other. */
export function fromPieces(call: NodeCall, flow: Flow, axis: number, wanted: readonly Piece[]): Flow {
  const length = flow.shape[axis]!;
  if (wanted.length > mostPieces || Number.isNaN(length)) throw call.refusal(`it puts an axis together from ${wanted.length} pieces`);
  const made = new Map<string, Flow>();
  const parts = wanted.map(([from, to]): Flow => {
    const key = `${from} ${to}`;
    const part = made.get(key) ?? (from === 0 && to === length ? flow : cut(call, flow, axis, from, length - to));
    made.set(key, part);
    return part;
  });
  if (parts.length === 1) return parts[0]!;
  const alike = call.builder.alike(parts.map((part) => (part.flattened === undefined ? part : call.builder.plain(part))));
  const shape = flow.shape.with(
    axis,
    wanted.reduce((sum, [from, to]) => sum + to - from, 0),
  );
  const { order } = alike[0]!;
  return call.layer('Concatenate', { axis: order.indexOf(axis) }, alike, shape, order, {}, flow.nonNegative);
}
