// What a page may not ask: it names files by handle only, so that a hostile page reads and writes nothing the user has not chosen.
import { StudioError } from '#contract/errors.ts';
import type { Call } from '#rpc/messages.ts';
import { isHandle } from './file-handles.ts';

/** The fields, by procedure, that hold a path. Everything else in the contract is an id, a name or a number. */
const pathFields: Readonly<Record<string, string>> = {
  'models.import': 'path',
  'datasets.survey': 'source',
  'datasets.import': 'source',
  'datasets.cancelImport': 'source',
  'jobs.train': 'exportPath',
  'jobs.prune': 'exportPath',
  'jobs.export': 'path',
};
const builtInDatasets: ReadonlySet<string> = new Set(['mnist']);

/** Whether the handle was given out is for the handler to find: what is none is no complete path either. @throws StudioError bad-input */
export function admitPageCall({ group, name, input }: Call): void {
  const field = pathFields[`${group}.${name}`];
  if (field === undefined || typeof input !== 'object' || input === null) return;
  const value: unknown = Reflect.get(input, field);
  if (value === undefined) return;
  if (typeof value === 'string' && (isHandle(value) || (field === 'source' && builtInDatasets.has(value)))) return;
  throw new StudioError('bad-input', 'A page may only name files that were chosen in a dialog or uploaded.', {
    where: field,
    whatToDo: 'Choose the file again.',
  });
}
