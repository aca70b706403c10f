// Finds the checkpoint to go on from, and tells the host what of a resumed run will not be bit-identical.
import { tell, type WorkContext } from '../work-context.ts';
import { newestCheckpoint, removeUnfinished } from './checkpoint-files.ts';
import { differences, fromFile, type Checkpoint } from './checkpoint.ts';

/**
 * The newest whole checkpoint of this very order, or undefined where the work begins at the beginning. What a kill left half-written goes.
 */
export function resumeFrom(context: WorkContext, order: string): Checkpoint | undefined {
  removeUnfinished(context.workspace);
  const newest = newestCheckpoint(context.workspace, (damaged) => tell(context, { kind: 'note', text: damaged }));
  if (newest === undefined) return undefined;
  const checkpoint = fromFile(newest.file);
  if (checkpoint.order !== order) {
    tell(context, { kind: 'note', text: 'The checkpoint found here belongs to other settings; the work begins anew.' });
    return undefined;
  }
  tell(context, { kind: 'resumed', step: newest.step, differs: differences(checkpoint, context.environment) });
  return checkpoint;
}
