// Everything the page knows, put together once and handed to every screen by context.
import { createContext } from 'svelte';
import type { Variant } from '#contract/nouns.ts';
import { Curves } from './curves.svelte.ts';
import { Dialogs } from './dialogs.svelte.ts';
import { FormDrafts } from './form-drafts.ts';
import { Imports } from './imports.svelte.ts';
import { Jobs } from './jobs.svelte.ts';
import { OpenProject } from './open-project.svelte.ts';
import { Projects } from './projects.svelte.ts';
import type { Place, ProjectView } from './route-address.ts';
import { Route } from './route.svelte.ts';
import { Selection } from './selection.svelte.ts';
import { Studio } from './studio.svelte.ts';
import type { Connect } from './studio-event.ts';
import { Theme } from './theme.svelte.ts';
import { Toasts } from './toasts.svelte.ts';

export function createAppState(connect: Connect, view: Window) {
  const studio = new Studio(connect);
  const projects = new Projects(studio);
  const jobs = new Jobs(studio);
  const open = new OpenProject(studio, projects, jobs);
  const selection = new Selection();
  const route = new Route(view);

  /** What the run on show made, or works on while it is at it. */
  function ofRun(id: string | null): Variant | undefined {
    const job = jobs.get(id);
    return open.variant(job?.variantId) ?? open.variant(job?.order.variantId);
  }

  /** The variant that the address names or the run on show made, else the first selected one, else the one looked at last, else the baseline, else the first. */
  function currentVariant(): Variant | undefined {
    const { place } = route;
    const named =
      place.kind !== 'project' || place.view === 'compare'
        ? undefined
        : place.view === 'runs'
          ? ofRun(place.item)
          : open.variant(place.item);
    const [selected] = selection.ids;
    return named ?? open.variant(selected) ?? open.variant(open.lastVariantId) ?? open.baseline ?? open.variants[0];
  }

  /** A view of the open project, on the variant that is looked at now. */
  function placeIn(view: ProjectView): Place {
    const ofVariant = view !== 'runs' && view !== 'compare';
    return { kind: 'project', id: open.id ?? '', view, item: ofVariant ? (currentVariant()?.id ?? null) : null };
  }

  return {
    studio,
    projects,
    jobs,
    open,
    selection,
    route,
    currentVariant,
    placeIn,
    curves: new Curves(studio),
    drafts: new FormDrafts(view.sessionStorage),
    theme: new Theme(),
    toasts: new Toasts(),
    dialogs: new Dialogs(),
    imports: new Imports(studio),
  };
}
export type AppState = ReturnType<typeof createAppState>;

export const [appState, setAppState] = createContext<AppState>();
