// The colour and the mark that a thing keeps in every view.
import { symbol, symbolCircle, symbolCross, symbolDiamond, symbolSquare, symbolStar, symbolTriangle } from 'd3-shape';

export type MarkName = 'circle' | 'square' | 'triangle' | 'diamond' | 'cross' | 'star';
/** `color` is a CSS colour, mostly a custom property: `var(--data-3)`. */
export type Look = { readonly color: string; readonly mark: MarkName };

const shapes = {
  circle: symbolCircle,
  square: symbolSquare,
  triangle: symbolTriangle,
  diamond: symbolDiamond,
  cross: symbolCross,
  star: symbolStar,
};
const names: readonly MarkName[] = ['circle', 'square', 'triangle', 'diamond', 'cross', 'star'];
/** Okabe–Ito has eight colours; the eighth is left to the baseline's neutral. */
const colors = 7;

export const baselineLook: Look = { color: 'var(--baseline)', mark: 'circle' };

/** 42 different looks, colour first: the eighth thing takes the first colour and a square. */
export function lookOf(index: number): Look {
  return { color: `var(--data-${(index % colors) + 1})`, mark: names[Math.floor(index / colors) % names.length]! };
}

/** The outline of a mark around the origin; `area` in square pixels. */
export function markPath(mark: MarkName, area: number): string {
  return symbol(shapes[mark], area)() ?? '';
}
