// A table in plain text: words to the left, numbers to the right.

export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
}

/** `layout`: a word for each column, with `>` before it where the column holds numbers: `['layer', '>parameters']`. */
export function textTable(layout: readonly string[], rows: readonly (readonly string[])[]): string {
  const columns = layout.map((title): Column =>
    title.startsWith('>') ? { title: title.slice(1), align: 'right' } : { title, align: 'left' },
  );
  const widths = columns.map(({ title }, index) => Math.max(title.length, ...rows.map((row) => (row[index] ?? '').length)));
  const line = (cells: readonly string[]) =>
    columns
      .map(({ align }, index) =>
        align === 'right' ? (cells[index] ?? '').padStart(widths[index]!) : (cells[index] ?? '').padEnd(widths[index]!),
      )
      .join('  ')
      .trimEnd();
  return [line(columns.map(({ title }) => title)), widths.map((width) => '─'.repeat(width)).join('  '), ...rows.map(line)].join('\n');
}

/** `label  value` lines, labels in one column. */
export function labelled(pairs: readonly (readonly [string, string])[]): string {
  const width = Math.max(...pairs.map(([label]) => label.length));
  return pairs.map(([label, value]) => `${label.padEnd(width)}  ${value}`).join('\n');
}
