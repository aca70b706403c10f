// The page's keys, said once: what the listener does and what `?` shows.
import { projectViews } from '../state/route-address.ts';
import type { AppState } from '../state/app-state.ts';

export const keyList: readonly { readonly keys: readonly string[]; readonly does: string }[] = [
  { keys: ['Ctrl', 'K'], does: 'Command palette: reaches everything (⌘ K on a Mac)' },
  { keys: ['?'], does: 'This list' },
  { keys: ['1', '–', '8'], does: 'Overview, Layers, Sensitivity, Train, Prune, Runs, Compare, Export' },
  { keys: ['['], does: 'Show or hide the rail' },
  { keys: ['N'], does: 'New project' },
  { keys: ['↑', '↓'], does: 'Move in lists, tables and the lineage tree' },
  { keys: ['←', '→'], does: 'Close and open a branch of the tree; move between tabs' },
  { keys: ['Enter'], does: 'Open what is marked' },
  { keys: ['Ctrl', 'click'], does: 'Add a variant to the selection, or take it away' },
  { keys: ['Esc'], does: 'Close what floats; clear the selection' },
];

export function handleKey(app: AppState, event: KeyboardEvent, toggleRail: () => void): void {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'k') {
    event.preventDefault();
    return app.dialogs.open === 'palette' ? app.dialogs.close() : app.dialogs.show('palette');
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || app.dialogs.open !== null || isTyping(event.target))
    return;
  const { place } = app.route;
  const view = projectViews[Number(event.key) - 1];
  if (event.key === '?') app.dialogs.show('keys');
  else if (event.key === '[') toggleRail();
  else if (event.key === 'n') app.dialogs.show('new-project');
  else if (event.key === 'Escape') app.selection.clear();
  else if (view !== undefined && place.kind === 'project') app.route.go(app.placeIn(view));
  else return;
  event.preventDefault();
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      (target instanceof HTMLInputElement && target.type !== 'checkbox' && target.type !== 'radio') ||
      target instanceof HTMLTextAreaElement ||
      target instanceof HTMLSelectElement)
  );
}
