// Compared variants as one self-contained HTML page: styles inside, no script, light and dark, readable on paper and offline.
import { render } from 'svelte/server';
import chartStyle from '../charts/charts.css?inline';
import tokens from '../styles/tokens.css?inline';
import Report from './Report.svelte';
import type { ReportInput } from './report-input.ts';
import pageStyle from './report.css?inline';

/** The whole page as text, `<!doctype html>` first; write it as UTF-8. Everything said by a file is escaped by Svelte. */
export function renderReport({ title, variants, baselineIndex, epochs = [] }: ReportInput): string {
  const { body } = render(Report, { props: { title, variants, baselineIndex, epochs } });
  const head = [
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    // The page needs nothing from anywhere: whatever a name or a path in it might try, nothing is loaded or run.
    '<meta http-equiv="content-security-policy" content="default-src \'none\'; style-src \'unsafe-inline\'">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${escape(title)}</title>`,
    `<style>${tokens}\n${chartStyle}\n${pageStyle}</style>`,
  ];
  return `<!doctype html>\n<html lang="en">\n<head>\n${head.join('\n')}\n</head>\n<body>${body.replaceAll(/<!--.*?-->/g, '')}</body>\n</html>\n`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
