// Hands files over to the studio: as handles in the window, as uploads from a browser tab.
import { Problem, StudioError } from '#contract/errors.ts';
import { desktopBridge } from './desktop-bridge.ts';
import { withKey } from './sign-in.ts';

export interface UploadProgress {
  readonly sentBytes: number;
  readonly totalBytes: number;
  readonly fileName: string;
}

/** A file, and where it lies in the folder that was dropped: `photos/cat/1.png`. */
export interface PlacedFile {
  readonly file: File;
  readonly path: string;
}

export interface UploadedFiles {
  /** One for each file, in their order; what `models.import` and `datasets.import` take as a path. */
  readonly handles: readonly string[];
  /** Stands for all of them together, for a dataset or a model of several files; null in the window, where a folder is chosen as one. */
  readonly folderHandle: string | null;
}

/** @throws StudioError `over-limit`, `disk-full`, `unauthorised`, `disconnected` */
export async function uploadFiles(
  files: readonly PlacedFile[],
  onProgress: (progress: UploadProgress) => void = () => undefined,
): Promise<UploadedFiles> {
  const bridge = desktopBridge();
  if (bridge !== undefined) return { handles: await bridge.registerFiles(files.map(({ file }) => file)), folderHandle: null };
  const totalBytes = files.reduce((sum, { file }) => sum + file.size, 0);
  // A dropped folder keeps its name; files on their own get that of the first.
  const folder = files[0]?.path.split('/')[0] ?? '';
  const begun = await send('POST', '/uploads', null, { 'x-file-name': encodeURIComponent(folder) }, () => undefined);
  const handles: string[] = [];
  let before = 0;
  for (const [number, { file, path }] of files.entries()) {
    const inside = path.split('/').slice(1, -1).join('/');
    const tell = (sent: number) => onProgress({ sentBytes: before + sent, totalBytes, fileName: file.name });
    const answer = await send(
      'PUT',
      `/uploads/${field(begun, 'id')}/${number}`,
      file,
      { 'x-file-name': encodeURIComponent(file.name), ...(inside === '' ? {} : { 'x-file-folder': encodeURIComponent(inside) }) },
      tell,
    );
    handles.push(field(answer, 'handle'));
    before += file.size;
    tell(0);
  }
  return { handles, folderHandle: field(begun, 'handle') };
}

/** XMLHttpRequest, because fetch doesn't tell how much of a body has been sent. */
function send(
  method: string,
  path: string,
  body: File | null,
  headers: Readonly<Record<string, string>>,
  onSent: (bytes: number) => void,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, path);
    for (const [name, value] of Object.entries({ ...withKey(), ...headers })) request.setRequestHeader(name, value);
    request.upload.addEventListener('progress', ({ loaded }) => onSent(loaded));
    request.addEventListener('error', () =>
      reject(new StudioError('disconnected', 'The studio went away during the upload.', { whatToDo: 'Upload the file again.' })),
    );
    request.addEventListener('load', () => {
      const answer = parse(request.responseText);
      if (request.status < 300) return resolve(answer);
      const problem = Problem.safeParse(answer);
      reject(
        problem.success
          ? StudioError.fromProblem(problem.data)
          : new StudioError('internal', `The studio answered with status ${request.status}.`),
      );
    });
    request.send(body);
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function field(value: unknown, name: string): string {
  const found: unknown =
    typeof value === 'object' && value !== null && Object.hasOwn(value, name)
      ? Object.entries(value).find(([key]) => key === name)?.[1]
      : undefined;
  if (typeof found === 'string') return found;
  throw new StudioError('internal', `The studio’s answer has no ${name}.`);
}
