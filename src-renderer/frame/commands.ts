// Everything the command palette reaches, and how what is typed finds it.
import { canPause, canResume } from '../screens/runs/job-words.ts';
import type { AppState } from '../state/app-state.ts';
import { projectViews } from '../state/route-address.ts';
import { themes } from '../state/theme.svelte.ts';
import { variantActions } from './variant-actions.ts';

export interface Command {
  readonly id: string;
  readonly group: string;
  readonly label: string;
  readonly run: () => void;
}

export function commandsOf(app: AppState): readonly Command[] {
  const { route, open, projects, toasts, jobs, dialogs } = app;
  const current = app.currentVariant();
  const attempt = (work: () => Promise<unknown>) => () => void toasts.attempt(work);
  const inProject: Command[] =
    open.project === undefined
      ? []
      : [
          ...projectViews.map((view) => ({
            id: `view-${view}`,
            group: 'Go to',
            label: view.charAt(0).toUpperCase() + view.slice(1),
            run: () => route.go(app.placeIn(view)),
          })),
          ...(current === undefined
            ? []
            : variantActions(app, current)
                .filter(({ disabled }) => disabled !== true)
                .map(({ label, run }) => ({ id: label, group: 'Variant', label: `${label.replace('…', '')}: ${current.name}`, run }))),
          { id: 'add-network', group: 'Project', label: 'Add a network', run: () => dialogs.show('add-network') },
        ];
  return [
    ...inProject,
    ...jobs.live.flatMap((job) => [
      ...(canPause(job)
        ? [{ id: `pause-${job.id}`, group: 'Job', label: `Pause ${job.name}`, run: attempt(() => jobs.pause(job.id)) }]
        : []),
      ...(canResume(job)
        ? [{ id: `resume-${job.id}`, group: 'Job', label: `Resume ${job.name}`, run: attempt(() => jobs.resume(job.id)) }]
        : []),
      { id: `cancel-${job.id}`, group: 'Job', label: `Cancel ${job.name}`, run: attempt(() => jobs.cancel(job.id)) },
    ]),
    { id: 'new', group: 'Project', label: 'New project', run: () => dialogs.show('new-project') },
    {
      id: 'sample',
      group: 'Project',
      label: 'Create sample project',
      run: attempt(async () => route.go({ kind: 'project', id: (await projects.createSample()).id, view: 'overview', item: null })),
    },
    { id: 'projects', group: 'Go to', label: 'All projects', run: () => route.go({ kind: 'projects' }) },
    { id: 'settings', group: 'Go to', label: 'Settings', run: () => route.go({ kind: 'settings' }) },
    { id: 'keys', group: 'Go to', label: 'Keys', run: () => dialogs.show('keys') },
    ...themes.map((choice) => ({ id: `theme-${choice}`, group: 'Theme', label: `Theme: ${choice}`, run: () => app.theme.set(choice) })),
    ...projects.current.map(({ id, name }) => ({
      id: `project-${id}`,
      group: 'Open project',
      label: name,
      run: () => route.go({ kind: 'project', id, view: 'overview', item: null }),
    })),
    // Last, because there may be thousands of them.
    ...open.variants.map(({ id, name, projectId }) => ({
      id: `variant-${id}`,
      group: 'Open variant',
      label: name,
      run: () => {
        app.selection.only([id]);
        route.go({ kind: 'project', id: projectId, view: 'overview', item: id });
      },
    })),
  ];
}

/** Every word must begin, or else be inside, something of the label or the group; beginnings come first. `most` keeps long lists quick. */
export function findCommands(commands: readonly Command[], typed: string, most = 60): readonly Command[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return commands.slice(0, most);
  return commands
    .flatMap((command) => {
      const text = `${command.label} ${command.group}`.toLowerCase();
      const ranks = words.map((word) => (text.startsWith(word) ? 0 : text.includes(` ${word}`) ? 1 : text.includes(word) ? 2 : Infinity));
      const rank = ranks.reduce((sum, one) => sum + one, 0);
      return rank === Infinity ? [] : [{ command, rank }];
    })
    .sort((a, b) => a.rank - b.rank)
    .slice(0, most)
    .map(({ command }) => command);
}
