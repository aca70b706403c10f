// "Did you mean …?": the known name nearest to a mistyped one.

/** The nearest of `names` within a third of its length in edits, or undefined. `closestName('pruen', ['prune', 'train'])` → 'prune'. */
export function closestName(typed: string, names: readonly string[]): string | undefined {
  const ranked = names.map((name) => ({ name, edits: editDistance(typed.toLowerCase(), name) })).toSorted((a, b) => a.edits - b.edits);
  const [best] = ranked;
  return best !== undefined && best.edits <= Math.max(1, Math.ceil(best.name.length / 3)) ? best.name : undefined;
}

/** Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b` (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const line = [row];
    for (let column = 1; column <= b.length; column++) {
      const cost = a[row - 1] === b[column - 1] ? 0 : 1;
      let best = Math.min(last[column]! + 1, line[column - 1]! + 1, last[column - 1]! + cost);
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) best = Math.min(best, before[column - 2]! + 1);
      line.push(best);
    }
    before = last;
    last = line;
  }
  return last[b.length]!;
}

/** " Did you mean --sparsity?", or nothing. */
export function didYouMean(typed: string, names: readonly string[], show = (name: string) => name): string {
  const name = closestName(typed, names);
  return name === undefined ? '' : ` Did you mean ${show(name)}?`;
}
