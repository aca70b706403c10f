// Builds the harness, serves it under the studio's content policy and opens it in Chromium.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { chromium, type Browser } from 'playwright-core';
import { build } from 'vite';

export const chromiumPath = process.env['ESPALIER_CHROMIUM'] ?? '/usr/bin/chromium';
export const hasChromium = existsSync(chromiumPath);
const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };

export type OpenHarness = { readonly browser: Browser; readonly address: string; readonly close: () => Promise<void> };

export async function openHarness(): Promise<OpenHarness> {
  const out = mkdtempSync(join(tmpdir(), 'espalier-charts-'));
  await build({
    root: resolve(import.meta.dirname, 'harness'),
    configFile: false,
    logLevel: 'error',
    plugins: [svelte({ configFile: false })],
    build: { outDir: out, emptyOutDir: true, minify: false, chunkSizeWarningLimit: 4000 },
  });
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const file = join(out, path === '/' ? 'index.html' : path);
    if (!file.startsWith(out) || !existsSync(file)) return void response.writeHead(404).end();
    response
      .writeHead(200, {
        'content-type': types[extname(file)] ?? 'application/octet-stream',
        'content-security-policy': "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'",
      })
      .end(readFileSync(file));
  });
  await new Promise<void>((listening) => {
    server.listen(0, '127.0.0.1', listening);
  });
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('The harness got no port.');
  const browser = await chromium.launch({
    executablePath: chromiumPath,
    headless: true,
    chromiumSandbox: false,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  return {
    browser,
    address: `http://127.0.0.1:${bound.port}/`,
    close: async () => {
      await browser.close();
      server.close();
      rmSync(out, { recursive: true, force: true });
    },
  };
}
