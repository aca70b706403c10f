// Files dropped or chosen: brought to the studio, recognised by their names, added to the open project or to a new one.
import type { AppState } from './app-state.ts';

/** By name alone; what the file really is, the importer finds out. */
export function kindOfFiles(names: readonly string[]): 'model' | 'dataset' {
  const dataset = /(\.npz|\.npy|ubyte|\.idx\d?)(\.gz)?$/i;
  return names.length > 0 && names.every((name) => dataset.test(name) || /\.gz$/i.test(name)) ? 'dataset' : 'model';
}

/** "lenet.keras" → "lenet". */
export function nameFromFile(name: string): string {
  return name.replace(/^.*[\\/]/, '').replace(/\.(keras|h5|hdf5|json|npz)$/i, '') || 'New project';
}

export class Imports {
  /** What is on its way now; `share` is null once it is sent and being read. */
  current = $state.raw<{ readonly name: string; readonly share: number | null } | null>(null);

  /** Failures become messages; answers whether it worked. */
  async files(app: AppState, files: readonly File[], kind = kindOfFiles(files.map(({ name }) => name))): Promise<boolean> {
    const [first] = files;
    if (first === undefined) return false;
    return this.#run(app, first.name, kind, () =>
      app.studio.upload(files, (share) => {
        this.current = { name: first.name, share };
      }),
    );
  }

  /** Through the window's own dialog. */
  async choose(app: AppState, kind: 'model' | 'dataset', what: 'file' | 'folder' = 'file'): Promise<boolean> {
    const handle = await app.studio.dialogs?.chooseOpen(what);
    return handle === null || handle === undefined
      ? false
      : this.#run(app, kind === 'model' ? 'Model' : 'Dataset', kind, () => Promise.resolve(handle));
  }

  /** A name built into the studio, as `mnist`. */
  builtIn(app: AppState, source: string): Promise<boolean> {
    return this.#run(app, source, 'dataset', () => Promise.resolve(source));
  }

  async #run(app: AppState, name: string, kind: 'model' | 'dataset', bring: () => Promise<string>): Promise<boolean> {
    this.current = { name, share: 0 };
    const done = await app.toasts.attempt(async () => {
      const path = await bring();
      this.current = { name, share: null };
      const made = app.open.id === null ? await app.projects.create(nameFromFile(name)) : undefined;
      try {
        await this.#bringIn(app, made?.id ?? app.open.id ?? '', kind, path);
      } catch (thrown) {
        // A refused file leaves no empty project behind.
        if (made !== undefined) await app.projects.remove(made.id);
        throw thrown;
      }
      return true;
    });
    this.current = null;
    return done === true;
  }

  async #bringIn(app: AppState, projectId: string, kind: 'model' | 'dataset', path: string): Promise<void> {
    if (kind === 'dataset') {
      const { summary } = await app.open.importDataset(projectId, path);
      app.toasts.say(`${summary.name} is here: ${summary.classes.length} classes.`);
      if (app.open.id !== projectId) app.route.go({ kind: 'project', id: projectId, view: 'overview', item: null });
    } else {
      const variant = await app.open.importModel(projectId, path);
      app.toasts.say(`${variant.name} is here: ${variant.summary.layers.length} layers.`);
      app.route.go({ kind: 'project', id: projectId, view: 'overview', item: variant.id });
    }
  }
}
