// Everything the page knows, put together once and handed to every screen by context.
import { createContext } from 'svelte';
import { Curves } from './curves.svelte.ts';
import { Jobs } from './jobs.svelte.ts';
import { OpenProject } from './open-project.svelte.ts';
import { Projects } from './projects.svelte.ts';
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
  return {
    studio, projects, jobs,
    open: new OpenProject(studio, projects, jobs),
    curves: new Curves(studio),
    selection: new Selection(),
    route: new Route(view),
    theme: new Theme(),
    toasts: new Toasts(),
  };
}
export type AppState = ReturnType<typeof createAppState>;

export const [appState, setAppState] = createContext<AppState>();
