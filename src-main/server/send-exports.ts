// Downloads of what export jobs wrote: named by the job's id and the file's number, read from the job's own record.
import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { basename, dirname, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { StudioError } from '#contract/errors.ts';
import { ExportedFile } from '#contract/nouns.ts';
import { SECURITY_HEADERS } from '#contract/page-policy.ts';
import { answerJson } from './answers.ts';
import type { Exchange, Route } from './routes.ts';

/** The part of the studio's wire that this needs: `jobs.get`. */
export interface Asks {
  dispatch(group: string, name: string, input: unknown): Promise<unknown>;
}

const Exported = z.object({ exported: z.object({ files: z.array(ExportedFile) }).nullable() });

/** Only files inside the exports folder are sent: what was exported to a place of the user's choice is there already. */
export function exportRoutes(folder: string, studio: Asks): Route[] {
  async function filesOf(jobId: string): Promise<readonly { path: string; bytes: number }[]> {
    const { exported } = Exported.parse(await studio.dispatch('jobs', 'get', { id: jobId }));
    if (exported === null) throw new StudioError('not-found', 'This job has exported nothing yet.');
    return exported.files;
  }

  async function list({ response, captured }: Exchange): Promise<void> {
    const files = await filesOf(captured[0]!);
    answerJson(response, 200, { files: files.map(({ path, bytes }) => ({ name: basename(path), bytes })) });
  }

  async function send({ response, captured }: Exchange): Promise<void> {
    const file = (await filesOf(captured[0]!))[Number(captured[1])];
    if (file === undefined || !(await liesIn(folder, file.path))) throw new StudioError('not-found', 'There is no such file to download.');
    // A link in the file's place is never followed.
    const handle = await open(file.path, constants.O_RDONLY | constants.O_NOFOLLOW).catch(() => undefined);
    if (handle === undefined) throw new StudioError('not-found', 'The exported file is gone.', { whatToDo: 'Export it again.' });
    const facts = await handle.stat();
    if (!facts.isFile()) {
      await handle.close();
      throw new StudioError('not-found', 'There is no such file to download.');
    }
    response.writeHead(200, {
      ...SECURITY_HEADERS,
      'cache-control': 'no-store',
      'content-type': 'application/octet-stream',
      'content-length': facts.size,
      'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(basename(file.path))}`,
    });
    await pipeline(handle.createReadStream(), response);
  }

  return [
    { method: 'GET', path: '/exports/:id', auth: 'session', answer: list },
    { method: 'GET', path: '/exports/:id/:number', auth: 'session', answer: send },
  ];
}

async function liesIn(folder: string, path: string): Promise<boolean> {
  const [outer, inner] = await Promise.all([folder, dirname(path)].map((each) => realpath(each).catch(() => undefined)));
  return outer !== undefined && inner !== undefined && (inner === outer || inner.startsWith(outer + sep));
}
