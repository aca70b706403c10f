// Compared variants as one self-contained HTML page, drawn by the browser that the studio's page is open in.
import { flushSync, mount, unmount } from 'svelte';
import Report from './Report.svelte';
import type { ReportInput } from './report-input.ts';
import { reportPage } from './report-page.ts';

/** The whole page as text; the same that `espalier compare --html` writes. */
export function drawReport({ title, variants, baselineIndex, epochs = [] }: ReportInput): string {
  const target = document.createElement('div');
  const drawn = mount(Report, { target, props: { title, variants, baselineIndex, epochs } });
  flushSync();
  const body = target.innerHTML;
  void unmount(drawn);
  return reportPage(title, body);
}
