// What a table is told about its columns, and how rows are put in order by one of them.
export interface Column<Row> {
  readonly id: string;
  readonly label: string;
  /** Text in the cell. */
  readonly text: (row: Row) => string;
  /** What to sort by, where it isn't the text; null goes last either way. */
  readonly value?: (row: Row) => number | string | null;
  /** In full, for the tooltip. */
  readonly title?: (row: Row) => string | undefined;
  readonly align?: 'left' | 'right';
  readonly mono?: boolean;
  /** Cells may shrink and end in an ellipsis. */
  readonly flexible?: boolean;
}
export interface SortOrder {
  readonly column: string;
  readonly direction: 'ascending' | 'descending';
}

/** A stable order; unknown values stay last in both directions. */
export function sortRows<Row>(rows: readonly Row[], columns: readonly Column<Row>[], order: SortOrder | null): readonly Row[] {
  const column = columns.find(({ id }) => id === order?.column);
  if (order === null || column === undefined) return rows;
  const read = column.value ?? column.text;
  const sign = order.direction === 'ascending' ? 1 : -1;
  return rows
    .map((row) => ({ row, key: read(row) }))
    .sort((a, b) => {
      if (a.key === null || b.key === null) return Number(a.key === null) - Number(b.key === null);
      if (typeof a.key === 'number' && typeof b.key === 'number') return (a.key - b.key) * sign;
      return String(a.key).localeCompare(String(b.key), undefined, { numeric: true }) * sign;
    })
    .map(({ row }) => row);
}

/** What a click on a column's head does: first the useful direction (numbers from the top), then the other, then none. */
export function nextOrder(current: SortOrder | null, column: string, numeric: boolean): SortOrder | null {
  const first = numeric ? 'descending' : 'ascending';
  const second = numeric ? 'ascending' : 'descending';
  if (current?.column !== column) return { column, direction: first };
  return current.direction === first ? { column, direction: second } : null;
}
