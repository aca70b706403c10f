// What can be done with one variant, for its menu.
import type { Variant } from '#contract/nouns.ts';
import type { IconName } from '../controls/Icon.svelte';
import type { AppState } from '../state/app-state.ts';

interface Action {
  readonly label: string;
  readonly icon: IconName;
  readonly danger?: boolean;
  readonly disabled?: boolean;
  readonly run: () => void;
}

export function variantActions(app: AppState, variant: Variant): readonly Action[] {
  const { toasts, jobs, projects, open, dialogs, route } = app;
  const { dataset } = open;
  return [
    { label: 'Rename…', icon: 'settings', run: () => dialogs.show('rename-variant', variant.id) },
    {
      label: 'Make it the baseline',
      icon: 'pin',
      disabled: open.baseline?.id === variant.id,
      run: () => void toasts.attempt(() => projects.setBaseline(variant.projectId, variant.id)),
    },
    { label: 'Measure latency…', icon: 'play', run: () => dialogs.show('measure', variant.id) },
    {
      label: 'Evaluate',
      icon: 'check',
      disabled: dataset === undefined,
      run: () =>
        void toasts.attempt(async () => {
          if (dataset !== undefined) await jobs.evaluate({ variantId: variant.id, datasetId: dataset.id });
        }),
    },
    {
      label: 'Export…',
      icon: 'download',
      run: () => route.go({ kind: 'project', id: variant.projectId, view: 'export', item: variant.id }),
    },
    {
      label: 'Remove',
      icon: 'close',
      danger: true,
      run: () =>
        void toasts.attempt(async () => {
          const { place } = route;
          await open.removeVariant(variant.id);
          app.selection.ids.delete(variant.id);
          const looked = place.kind === 'project' && place.item === variant.id;
          if (looked) route.go({ ...place, view: 'overview', item: open.variant(variant.parentId)?.id ?? null });
          toasts.say(`${variant.name} was removed.`, {
            label: 'Undo',
            run: () =>
              void toasts.attempt(async () => {
                await open.restoreVariant(variant.id);
                if (looked) route.go(place);
              }),
          });
        }),
    },
  ];
}
