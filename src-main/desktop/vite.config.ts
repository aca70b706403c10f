// Builds what the packaged app runs: main, the two child processes and the importer's thread as ES modules, the sandboxed preload as CommonJS, into dist/main.
import { builtinModules } from 'node:module';
import { resolve } from 'node:path';
import { build, defineConfig, type InlineConfig } from 'vite';

const root = resolve(import.meta.dirname, '../..');
const main = resolve(root, 'src-main');
/** Shipped as node_modules because they are native or load WebAssembly from beside them; all else is bundled. */
const external = ['electron', 'better-sqlite3', /^@tensorflow\/tfjs-node/, 'onnxruntime-node', /^@jsquash\//, ...builtinModules, /^node:/];

function entry(entries: Record<string, string>, format: 'es' | 'cjs', extension: string): InlineConfig {
  return {
    configFile: false,
    root,
    logLevel: 'warn',
    ssr: { noExternal: true },
    build: {
      target: 'node24',
      ssr: true,
      outDir: resolve(root, 'dist/main'),
      emptyOutDir: false,
      minify: false,
      rollupOptions: {
        input: entries,
        external,
        output: { format, entryFileNames: `[name].${extension}`, chunkFileNames: `chunks/[name]-[hash].${extension}` },
      },
    },
  };
}

/** The preload is a build of its own: CommonJS, one file, no chunks. */
export default defineConfig({
  ...entry(
    {
      'start-desktop': resolve(main, 'start-desktop.ts'),
      engine: resolve(main, 'engine/main.ts'),
      importer: resolve(main, 'importer/main.ts'),
      'task-thread': resolve(main, 'importer/task-thread.ts'),
    },
    'es',
    'js',
  ),
  plugins: [
    {
      name: 'preload-too',
      async closeBundle() {
        await build(entry({ preload: resolve(main, 'desktop/preload.ts') }, 'cjs', 'cjs'));
      },
    },
  ],
});
