// Hands a file made in the page to the browser's own way of saving.

/** A minute is plenty for Chromium to begin: it reads the blob after the click returns. */
const KEPT_MS = 60_000;

export function offerFile(name: string, content: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT_MS);
}

/** "Accuracy against sparse bytes" → `accuracy-against-sparse-bytes.svg`. */
export function fileNameOf(title: string, extension: string): string {
  const name = title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 80);
  return `${name || 'espalier'}.${extension}`;
}
