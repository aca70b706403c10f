// Builds the page to dist/page; with `--ssr`, the report's renderer to dist/report. Nothing inline, so that the strict CSP holds.
import { resolve } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

const here = import.meta.dirname;

export default defineConfig(({ isSsrBuild }) => ({
  root: here,
  base: '/',
  publicDir: resolve(here, 'public'),
  logLevel: 'warn',
  plugins: [svelte()],
  // The report runs in plain Node: everything it needs goes into its one file.
  ssr: { noExternal: true },
  build: isSsrBuild
    ? { outDir: resolve(here, '../dist/report'), emptyOutDir: true, target: 'node22', copyPublicDir: false }
    : {
        outDir: resolve(here, '../dist/page'),
        emptyOutDir: true,
        target: 'es2023',
        assetsInlineLimit: 0,
        modulePreload: { polyfill: false },
        chunkSizeWarningLimit: 2000,
      },
}));
