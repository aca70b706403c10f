// Compared variants as one self-contained HTML page, rendered without a browser: for the command line.
import { render } from 'svelte/server';
import Report from './Report.svelte';
import type { ReportInput } from './report-input.ts';
import { reportPage } from './report-page.ts';

/** The whole page as text. Everything said by a file is escaped by Svelte. */
export function renderReport({ title, variants, baselineIndex, epochs = [] }: ReportInput): string {
  return reportPage(title, render(Report, { props: { title, variants, baselineIndex, epochs } }).body);
}
