// Puts the page into its element, with a connection of the caller's choice.
import { mount } from 'svelte';
import App from './App.svelte';
import { createAppState, type AppState } from './state/app-state.ts';
import type { Connect } from './state/studio-event.ts';
import './styles/tokens.css';
import './styles/base.css';
import './charts/charts.css';

export function mountPage(connect: Connect, target: HTMLElement): AppState {
  const app = createAppState(connect, window);
  mount(App, { target, props: { app } });
  void app.studio.start();
  return app;
}
