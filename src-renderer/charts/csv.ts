// A table as CSV (RFC 4180) that no spreadsheet can be tricked with.

export type Cell = string | number | null;
export type Table = { readonly columns: readonly string[]; readonly rows: readonly (readonly Cell[])[] };

/**
 * Unknown is an empty cell, numbers are written in full. A text that a spreadsheet would take for a formula (it begins with
 * = + - @ or a control character; OWASP "CSV injection") gets an apostrophe before it.
 */
export function csvOf({ columns, rows }: Table): string {
  return [columns, ...rows].map((row) => row.map(cellText).join(',')).join('\r\n') + '\r\n';
}

function cellText(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return Number.isFinite(cell) ? String(cell) : '';
  const safe = /^[=+\-@\t\r\n]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
