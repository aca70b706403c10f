// Saves what an export job wrote to the browser's downloads, file by file.
import { z } from 'zod';
import { Problem, StudioError } from '#contract/errors.ts';
import { desktopBridge } from './desktop-bridge.ts';
import { withKey } from './sign-in.ts';

const Listing = z.object({ files: z.array(z.object({ name: z.string(), bytes: z.int() })) });

/** Names of the saved files; none in the window, where the export went to the chosen place itself. @throws StudioError `not-found`, `unauthorised` */
export async function downloadExport(jobId: string): Promise<readonly string[]> {
  if (desktopBridge() !== undefined) return [];
  const { files } = Listing.parse(await (await get(`/exports/${jobId}`)).json());
  for (const [number, { name }] of files.entries()) save(await (await get(`/exports/${jobId}/${number}`)).blob(), name);
  return files.map(({ name }) => name);
}

/** A plain link couldn't send the key, so the file comes by fetch and is saved from memory. */
function save(content: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // Chromium reads the blob after the click returns; a minute is plenty for it to begin.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
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
