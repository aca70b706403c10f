// The page around a report: styles inside, no script, light and dark, readable on paper and offline.
import chartStyle from '../charts/charts.css?inline';
import tokens from '../styles/tokens.css?inline';
import pageStyle from './report.css?inline';

/** The whole page as text, `<!doctype html>` first; write it as UTF-8. `body` is escaped already, `title` isn't. */
export function reportPage(title: string, body: string): string {
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
