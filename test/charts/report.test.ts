// The report as the command line gets it: built for Node, one page that needs nothing and runs nothing.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { build } from 'vite';
import { ComparisonRow } from '#contract/comparison.ts';
import type { ReportInput } from '../../src-renderer/report/report-input.ts';
import { seedSeries, seedVariants } from './harness/seed-variants.ts';

describe('the report', () => {
  let folder: string;
  let renderReport: (input: ReportInput) => string;
  const variants = seedVariants(6).map((variant) =>
    ComparisonRow.parse({
      name: variant.name,
      path: `${variant.name}.keras`,
      summary: variant.summary,
      evaluation: variant.evaluation,
      latency: variant.latency,
      paired: null,
    }),
  );

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'espalier-report-'));
    await build({
      root: resolve(import.meta.dirname, '../../src-renderer'),
      configFile: false,
      logLevel: 'error',
      plugins: [svelte({ configFile: false })],
      ssr: { noExternal: true },
      build: { ssr: resolve(import.meta.dirname, '../../src-renderer/report/render-report.ts'), outDir: folder, emptyOutDir: true },
    });
    const built: { renderReport: (input: ReportInput) => string } = await import(pathToFileURL(join(folder, 'render-report.js')).href);
    renderReport = built.renderReport;
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  test('holds every variant, the front and the layers, and neither script nor link outside', () => {
    const page = renderReport({
      title: 'Six networks',
      variants,
      baselineIndex: 0,
      epochs: seedVariants(6).map((variant) => seedSeries(variant.jobId ?? '').filter((point) => point.kind === 'epoch')),
    });
    assert.ok(page.startsWith('<!doctype html>'));
    const said = (pattern: RegExp): number => (page.match(pattern) ?? []).length;
    for (const { name } of variants) assert.ok(page.includes(name));
    assert.equal(said(/<svg data-drawing/g), 4 + 5);
    assert.equal(said(/<script|<link|src=|href=|@import|url\(|\son(?:click|pointermove|load)=/g), 0);
    assert.equal(said(/NaN|undefined|Infinity/g), 0);
    assert.ok(said(/prefers-color-scheme: ?dark/g) > 0 && said(/@media print/g) > 0);
  });

  test('what names and titles hold stays text', () => {
    const evil = '<img src=x onerror=alert(1)></title><script>alert(1)</script>';
    const page = renderReport({ title: evil, variants: [variants[0]!, { ...variants[1]!, name: evil, path: evil }], baselineIndex: 0 });
    assert.doesNotMatch(page, /<img|<script|<\/title><script/);
  });

  test('without data and latency it says "—", never 0 %', () => {
    const page = renderReport({
      title: 'No data',
      variants: variants.map((variant) => ({ ...variant, evaluation: null, latency: null })),
      baselineIndex: 0,
    });
    assert.match(page, /accuracy is unknown/);
    assert.match(page, /Compare with a dataset to see accuracy against size/);
    assert.doesNotMatch(page, />0\.00\s?%/);
  });

  test('one network alone and none at all are pages too', () => {
    assert.match(renderReport({ title: 'One', variants: variants.slice(0, 1), baselineIndex: 0 }), /nothing to compare it with/);
    assert.match(renderReport({ title: 'None', variants: [], baselineIndex: 0 }), /<h1>None<\/h1>/);
  });
});
