// Direct labels that cover neither each other nor the marks; a label without a free place is left out.
import { leastIndex } from 'd3-array';

export type LabelWish = {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Rather over a mark than not at all; over another label never. */
  readonly must?: boolean;
};
export type Box = { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number };
/** Where the text begins (its left edge) and the middle of its line, in pixels. */
export type PlacedLabel = { readonly id: string; readonly x: number; readonly y: number };

/** Right of the mark first, as one reads; then left, above, below, and the corners. */
const seats = [
  [1, 0],
  [-1, 0],
  [1, -1],
  [-1, -1],
  [1, 1],
  [-1, 1],
  [0, -1],
  [0, 1],
] as const;

/**
 * Greedy in the order of `wishes` (the most important first): the first of eight seats around the mark whose box stays in
 * `bounds` and meets no placed label and no obstacle. Greedy is enough for the tens of labels that a chart can bear.
 * `obstacles` are points (other marks) in pixels; `gap` is the distance of text from its mark.
 */
export function placeLabels(
  wishes: readonly LabelWish[],
  obstacles: readonly { x: number; y: number }[],
  bounds: Box,
  gap = 9,
): PlacedLabel[] {
  const taken: Box[] = [];
  return wishes.flatMap((wish) => {
    const free = seats
      .map((seat) => boxAt(wish, seat, gap))
      .filter((candidate) => within(candidate, bounds) && !taken.some((other) => overlap(candidate, other)));
    const box =
      free.find((candidate) => !obstacles.some((mark) => covers(candidate, mark))) ?? (wish.must ? freest(free, obstacles) : undefined);
    if (box === undefined) return [];
    taken.push(box);
    return [{ id: wish.id, x: box.left, y: (box.top + box.bottom) / 2 }];
  });
}

/**
 * Heights for labels that share one column (line ends): at least `line` pixels apart, in the order of `wanted`, inside
 * [top, bottom], each as near to where it wants to be as pushing its neighbours allows. Returns heights in the given order.
 */
export function spreadHeights(wanted: readonly number[], line: number, top: number, bottom: number): number[] {
  const order = wanted.map((y, index) => ({ y, index })).sort((a, b) => a.y - b.y || a.index - b.index);
  const placed: number[] = [];
  for (const { y } of order) placed.push(Math.max(y, (placed.at(-1) ?? top - line) + line));
  let limit = bottom;
  for (let at = placed.length - 1; at >= 0; at--) {
    placed[at] = Math.min(placed[at]!, limit);
    limit = placed[at]! - line;
  }
  const heights = new Array<number>(wanted.length);
  order.forEach(({ index }, at) => {
    heights[index] = placed[at]!;
  });
  return heights;
}

/** Width of a text in pixels, on the wide side: 0.62 em a character in a system sans. */
export function textWidth(text: string, size: number): number {
  return Math.ceil(text.length * size * 0.62);
}

/** A long name keeps its beginning and more of its end, where names of variants differ: `cnn-sm…ers −60 % seed 3`. */
export function shorten(name: string, limit: number): string {
  if (name.length <= limit) return name;
  const tail = Math.ceil(((limit - 1) * 2) / 3);
  return `${name.slice(0, limit - 1 - tail).trimEnd()}…${name.slice(name.length - tail).trimStart()}`;
}

function boxAt({ x, y, width, height }: LabelWish, [right, down]: readonly [number, number], gap: number): Box {
  const slant = right !== 0 && down !== 0 ? 0.7 : 1;
  const left = right === 0 ? x - width / 2 : right > 0 ? x + gap * slant : x - gap * slant - width;
  const top = down === 0 ? y - height / 2 : down > 0 ? y + gap * slant : y - gap * slant - height;
  return { left, top, right: left + width, bottom: top + height };
}

function freest(boxes: readonly Box[], obstacles: readonly { x: number; y: number }[]): Box | undefined {
  return boxes[leastIndex(boxes, (box) => obstacles.reduce((sum, mark) => sum + Number(covers(box, mark)), 0)) ?? 0];
}

function within(box: Box, bounds: Box): boolean {
  return box.left >= bounds.left && box.right <= bounds.right && box.top >= bounds.top && box.bottom <= bounds.bottom;
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

function covers(box: Box, mark: { x: number; y: number }): boolean {
  const radius = 4;
  return mark.x > box.left - radius && mark.x < box.right + radius && mark.y > box.top - radius && mark.y < box.bottom + radius;
}
