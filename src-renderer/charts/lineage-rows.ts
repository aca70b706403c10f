// A family tree as lines of a list: parents above their children, each with its depth and the lines that lead to it.
import { stratify } from 'd3-hierarchy';
import type { Look } from './looks.ts';

export type LineageNode = Look & {
  readonly id: string;
  readonly name: string;
  readonly parentId: string | null;
  /** One word: "trained", "pruned", "running". */
  readonly state: string;
  /** The one number, as text; null while it isn't known. */
  readonly value: string | null;
};
export type LineageRow = {
  readonly node: LineageNode;
  readonly depth: number;
  /** Row of its parent; null of a root. */ readonly parentRow: number | null;
};

type Entry = { readonly id: string; readonly parent: string; readonly node: LineageNode | null };
const above = 'above';

/** In the order of `nodes` among siblings. A parent that isn't there (removed, filtered out) or a circle of parents makes a root. */
export function lineageRows(nodes: readonly LineageNode[]): LineageRow[] {
  if (nodes.length === 0) return [];
  const parents = new Map(nodes.map((node) => [node.id, node.parentId]));
  const parentOf = (node: LineageNode): string =>
    node.parentId === null || !parents.has(node.parentId) || inCircle(node.id, parents) ? above : `/${node.parentId}`;
  // d3 wants a single root: one that isn't drawn stands above all; the slash keeps any variant's id apart from its name.
  const entries: Entry[] = [
    { id: above, parent: '', node: null },
    ...nodes.map((node) => ({ id: `/${node.id}`, parent: parentOf(node), node })),
  ];
  const tree = stratify<Entry>()
    .id((entry) => entry.id)
    .parentId((entry) => entry.parent)(entries);
  const rowOf = new Map<string, number>();
  const rows: LineageRow[] = [];
  tree.eachBefore((entry) => {
    if (entry.data.node === null) return;
    rowOf.set(entry.data.id, rows.length);
    rows.push({ node: entry.data.node, depth: entry.depth - 1, parentRow: rowOf.get(entry.parent?.data.id ?? '') ?? null });
  });
  return rows;
}

function inCircle(id: string, parents: ReadonlyMap<string, string | null>): boolean {
  const seen = new Set<string>();
  for (let at: string | null | undefined = id; at !== null && at !== undefined; at = parents.get(at)) {
    if (seen.has(at)) return true;
    seen.add(at);
  }
  return false;
}
