// Files from the browser: each upload is a folder of its own below the home, each file a handle; no path leaves the studio.
import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { StudioError } from '#contract/errors.ts';
import { answerJson } from './answers.ts';
import type { Exchange, Route } from './routes.ts';

/** Who turns a path on this machine into a name that a page may use. */
export interface HandleRegister {
  register(path: string): string;
}

export interface UploadLimits {
  readonly fileBytes: number;
  readonly filesAnUpload: number;
  readonly uploads: number;
}
export const uploadLimits: UploadLimits = { fileBytes: 2 * 2 ** 30, filesAnUpload: 200_000, uploads: 1000 };

/** Header with the file's own name, percent-encoded UTF-8. */
export const fileNameHeader = 'x-file-name';

/** Where the file lies in the folder that is uploaded: names with `/` between, percent-encoded UTF-8; absent at the top. */
const fileFolderHeader = 'x-file-folder';
const deepest = 8;

/** Handles don't outlive a start, so whatever an earlier one left in the folder is removed first. */
export async function uploadRoutes(folder: string, handles: HandleRegister, limits: UploadLimits = uploadLimits): Promise<Route[]> {
  await rm(folder, { recursive: true, force: true });
  const uploads = new Map<string, { readonly root: string; readonly names: Set<string> }>();

  /** Answers the upload's id and a handle of its folder, which has the name that the header gives if it does, for models and datasets of several files. */
  async function begin({ request, response }: Exchange): Promise<void> {
    if (uploads.size >= limits.uploads)
      throw new StudioError('over-limit', `At most ${limits.uploads} uploads fit into one start of the studio.`, {
        whatToDo: 'Start the studio again.',
      });
    const id = randomUUID();
    const given = request.headers[fileNameHeader];
    const root = given === undefined || given === '' ? join(folder, id) : join(folder, id, plainFileName(given));
    uploads.set(id, { root, names: new Set() });
    await mkdir(root, { recursive: true, mode: 0o700 });
    answerJson(response, 201, { id, handle: handles.register(root) });
  }

  async function receive({ request, response, captured }: Exchange): Promise<void> {
    const [id, number] = [captured[0]!, captured[1]!];
    const upload = uploads.get(id);
    if (upload === undefined) throw new StudioError('not-found', 'There is no such upload.');
    const { root, names } = upload;
    const below = plainFolder(request.headers[fileFolderHeader]);
    const name = [...below, plainFileName(request.headers[fileNameHeader])].join('/');
    checkLength(request, limits.fileBytes);
    if (Number(number) >= limits.filesAnUpload) throw new StudioError('over-limit', `An upload has at most ${limits.filesAnUpload} files.`);
    if (names.has(name.toLowerCase()) || names.has(number))
      throw new StudioError('conflict', 'The upload holds a file of this name already.', { where: name });
    names.add(name.toLowerCase()).add(number);
    // The part's name can't be a file's: plainFileName never lets a name begin with a dot.
    const [part, whole] = [join(root, `.part-${number}`), join(root, name)];
    try {
      if (below.length > 0) await mkdir(join(root, ...below), { recursive: true, mode: 0o700 });
      await pipeline(request, createWriteStream(part, { flags: 'wx', mode: 0o600 }));
      await rename(part, whole);
    } catch (thrown) {
      await rm(part, { force: true });
      names.delete(name.toLowerCase());
      names.delete(number);
      const full = thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOSPC';
      throw full
        ? new StudioError('disk-full', 'The disk is full.', { where: name, whatToDo: 'Make room and upload it again.', cause: thrown })
        : thrown;
    }
    answerJson(response, 201, { handle: handles.register(whole), name });
  }

  return [
    { method: 'POST', path: '/uploads', auth: 'session', answer: begin },
    { method: 'PUT', path: '/uploads/:id/:number', auth: 'session', answer: receive },
  ];
}

/** @throws StudioError when the length is missing or too large; Node's parser then holds the body to the declared length. */
function checkLength(request: IncomingMessage, most: number): void {
  const length = Number(request.headers['content-length'] ?? NaN);
  if (!Number.isSafeInteger(length)) throw new StudioError('bad-input', 'The request doesn’t say how long the file is.');
  if (length > most) throw new StudioError('over-limit', `A file may have at most ${most.toLocaleString('en')} bytes.`);
}

/** `photos/../cat` is refused by its second name, which has no letters; each other name is made plain. @throws StudioError bad-input, over-limit */
export function plainFolder(encoded: string | string[] | undefined): string[] {
  if (typeof encoded !== 'string' || encoded === '') return [];
  let steps: string[];
  try {
    steps = decodeURIComponent(encoded).split('/');
  } catch {
    throw new StudioError('bad-input', 'The folder’s name is not readable.');
  }
  if (steps.length > deepest) throw new StudioError('over-limit', `An upload has folders at most ${deepest} deep.`);
  return steps.map((step) => plainFileName(encodeURIComponent(step)));
}

/**
 * The last part of the given name with everything but letters, digits, space and `._-+()` replaced by `_`; never a dot first, never a
 * name that Windows keeps for a device. `../../etc/passwd` → `passwd`, `.ssh` → `_.ssh`, `con.txt` → `_con.txt`.
 */
export function plainFileName(encoded: string | string[] | undefined): string {
  let given: string;
  try {
    given = decodeURIComponent(typeof encoded === 'string' ? encoded : '');
  } catch {
    throw new StudioError('bad-input', 'The file’s name is not readable.');
  }
  const last = given
    .normalize('NFC')
    .split(/[\\/]/)
    .at(-1)!
    .replace(/[^\p{L}\p{M}\p{N} ._+()-]/gu, '_')
    .trim()
    .replace(/[. ]+$/, '');
  if (last === '') throw new StudioError('bad-input', 'The file has no name.');
  const short = last.length > 120 ? last.slice(-120) : last;
  return /^[. ]|^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/i.test(short) ? `_${short.trimStart()}` : short;
}
