// The built page as a fixed table in memory, made once at the start: no request ever names a file.
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { StudioError } from '#contract/errors.ts';
import { PAGE_TYPES } from '#contract/page-policy.ts';
import type { Route } from './routes.ts';
import { answerBytes } from './answers.ts';

/** One route a file: `/` for index.html, files below `assets/` (whose names carry a hash) cached for good. */
export async function pageRoutes(folder: string): Promise<Route[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries
    .filter((entry) => entry.isFile() && PAGE_TYPES[extname(entry.name)] !== undefined)
    .map((entry) => join(entry.parentPath, entry.name));
  const routes = await Promise.all(
    files.map(async (file): Promise<Route> => {
      const [bytes, name] = [await readFile(file), relative(folder, file).split(sep).join('/')];
      const cache = name.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-store';
      const isEntrance = name === 'index.html';
      return {
        method: 'GET',
        path: isEntrance ? '/' : `/${name}`,
        auth: isEntrance ? 'entrance' : 'page',
        answer: ({ response }) => answerBytes(response, PAGE_TYPES[extname(file)]!, bytes, cache),
      };
    }),
  );
  if (routes.some(({ path }) => path === '/')) return routes;
  throw new StudioError('not-found', 'The studio’s page has not been built.', {
    where: folder,
    whatToDo: 'Start with `npm start`, which builds it.',
  });
}
