// Advice as the page gives it: what a problem says of the command line's flags is left out, since fields stand for them here.

/** "Name the column that holds them (--label COLUMN)." → "Name the column that holds them." */
export function withoutFlags(advice: string): string {
  return advice.replaceAll(/\s*\(--[a-z][^)]*\)/g, '');
}
