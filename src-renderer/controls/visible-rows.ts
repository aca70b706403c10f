// Which rows of a long list are on screen: the arithmetic behind virtual tables and trees.
export interface VisibleRows {
  /** First row drawn, and one past the last. */
  readonly from: number;
  readonly to: number;
  /** Pixels of nothing above and below the drawn rows. */
  readonly above: number;
  readonly below: number;
}

/** `extra` rows are drawn on each side, so that a quick scroll shows no gap. 10,000 rows of 30 px, scrolled to 3,000 px in a 300 px window → rows 92 to 118. */
export function visibleRows(count: number, rowHeight: number, scrollTop: number, height: number, extra = 8): VisibleRows {
  const first = Math.min(Math.max(0, Math.floor(scrollTop / rowHeight)), Math.max(0, count - 1));
  const from = Math.max(0, first - extra);
  const to = Math.min(count, first + Math.ceil(height / rowHeight) + extra);
  return { from, to, above: from * rowHeight, below: (count - to) * rowHeight };
}

/** The scroll position that just shows a row. */
export function scrolledTo(index: number, rowHeight: number, scrollTop: number, height: number, headerHeight = 0): number {
  const top = index * rowHeight;
  if (top < scrollTop) return top;
  return top + rowHeight > scrollTop + height - headerHeight ? top + rowHeight - height + headerHeight : scrollTop;
}
