// Saves what an export job wrote to the browser's downloads, file by file.
import { z } from 'zod';
import { Problem, StudioError } from '#contract/errors.ts';
import { offerFile } from '../controls/offer-file.ts';
import { desktopBridge } from './desktop-bridge.ts';
import { withKey } from './sign-in.ts';

const Listing = z.object({ files: z.array(z.object({ name: z.string(), bytes: z.int() })) });

/** A plain link couldn't send the key, so each file comes by fetch and is saved from memory. Names of the saved files; none in the window, where the export went to the chosen place itself. @throws StudioError `not-found`, `unauthorised` */
export async function downloadExport(jobId: string): Promise<readonly string[]> {
  if (desktopBridge() !== undefined) return [];
  const { files } = Listing.parse(await (await get(`/exports/${jobId}`)).json());
  for (const [number, { name }] of files.entries()) offerFile(name, await (await get(`/exports/${jobId}/${number}`)).blob());
  return files.map(({ name }) => name);
}

async function get(path: string): Promise<Response> {
  const answer = await fetch(path, { headers: withKey() }).catch(() => {
    throw new StudioError('disconnected', 'The studio can’t be reached just now.', { whatToDo: 'Try again in a moment.' });
  });
  if (answer.ok) return answer;
  const problem = Problem.safeParse(await answer.json().catch(() => undefined));
  throw problem.success
    ? StudioError.fromProblem(problem.data)
    : new StudioError('internal', `The studio answered with status ${answer.status}.`);
}
