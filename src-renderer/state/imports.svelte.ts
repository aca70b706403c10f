// Files dropped or chosen: brought to the studio, recognised by their names, added to the open project or to a new one.
import type { Dataset, Variant } from '#contract/nouns.ts';
import type { PlacedFile } from '../client/upload-files.ts';
import { counted } from '../format/shapes.ts';
import type { AppState } from './app-state.ts';
import { DataDraft, needsChoices } from './data-draft.svelte.ts';
import type { Studio } from './studio.svelte.ts';

const model = /(^|\/)(model\.json|[^/]*\.(keras|h5|hdf5|onnx|json|bin))$/i;
const weightsAlone = /\.weights\.h5$/i;
const litter = /(^|\/)(\.|Thumbs\.db$|__MACOSX\/)/;

/** By name alone; what the file really is, the importer finds out. */
export function kindOfFiles(names: readonly string[]): 'model' | 'dataset' {
  const seen = names.filter((name) => !litter.test(name));
  return seen.length > 0 && !seen.some((name) => model.test(name)) ? 'dataset' : 'model';
}

/** "lenet.keras" → "lenet". */
export function nameFromFile(name: string): string {
  return name.replace(/^.*[\\/]/, '').replace(/\.(keras|h5|hdf5|onnx|json|npz|npy|csv|tsv)$/i, '') || 'New project';
}

export type NetworkSource = { readonly starter: string } | { readonly files: readonly PlacedFile[] };

/** What lies in a folder is called by the folder. */
function nameOf(files: readonly PlacedFile[]): string {
  return files[0]?.path.split('/')[0] ?? '';
}

export class Imports {
  /** What is on its way now; `share` is null once it is sent and being read. */
  current = $state.raw<{ readonly name: string; readonly share: number | null } | null>(null);
  /** A dataset whose options are being chosen; its dialog is open as long as it is here. */
  draft = $state.raw<DataDraft | null>(null);
  /** A network that is put together from a topology and a file of weights; its dialog is open as long as it is here. */
  pair = $state.raw<{ readonly weights: PlacedFile | null } | null>(null);

  constructor(studio: Studio) {
    studio.onEvent((event) => {
      if (event.name === 'importProgress' && this.draft?.source === event.data.source) this.draft.share = event.data.share;
    });
  }

  /** Failures become messages; answers whether it worked. */
  async files(app: AppState, files: readonly PlacedFile[], kind = kindOfFiles(files.map(({ path }) => path))): Promise<boolean> {
    const clean = files.filter(({ path }) => !litter.test(path));
    const weights = kind === 'model' ? clean.filter(({ path }) => weightsAlone.test(path)) : [];
    const rest = clean.filter((file) => !weights.includes(file));
    if (weights.length === 1 && rest.length === 0) {
      this.pair = { weights: weights[0] ?? null };
      return false;
    }
    if (weights.length === 1) return this.withWeights(app, { files: rest }, weights[0]!);
    if (clean.length === 0) return false;
    return this.#run(app, nameOf(clean), kind, () => this.#send(app, clean));
  }

  /** A file of weights onto a network: one of the starters, or a file of its own. */
  async withWeights(app: AppState, network: NetworkSource, weights: PlacedFile): Promise<boolean> {
    const name = 'starter' in network ? network.starter : nameOf(network.files);
    const done = await app.toasts.attempt(async () => {
      const given = await this.#send(app, [weights]);
      if ('starter' in network)
        return this.#bringNetwork(app, name, (projectId) => app.open.addStarter(projectId, network.starter, 1, given));
      const path = await this.#send(app, network.files);
      return this.#bringNetwork(app, name, (projectId) => app.open.importModel(projectId, path, given));
    }, 'import');
    this.current = null;
    if (done === true) this.pair = null;
    return done === true;
  }

  #send(app: AppState, files: readonly PlacedFile[]): Promise<string> {
    const name = nameOf(files);
    this.current = { name, share: 0 };
    return app.studio.upload(files, (share) => {
      this.current = { name, share };
    });
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

  /** With the options chosen in the dialog; it closes when the data are in, and stays with what was typed when they are refused. */
  async finishDraft(app: AppState): Promise<void> {
    const { draft } = this;
    const dataset = await draft?.import();
    if (dataset === undefined) return;
    if (this.draft === draft) this.draft = null;
    this.#welcome(app, dataset);
  }

  dropDraft(): void {
    this.draft?.cancel();
    this.draft = null;
  }

  async #run(app: AppState, name: string, kind: 'model' | 'dataset', bring: () => Promise<string>): Promise<boolean> {
    this.current = { name, share: 0 };
    const done = await app.toasts.attempt(async () => {
      const path = await bring();
      this.current = { name, share: null };
      if (kind === 'dataset') return this.#bringData(app, name, path);
      return this.#bringNetwork(app, name, (projectId) => app.open.importModel(projectId, path));
    }, 'import');
    this.current = null;
    return done === true;
  }

  /** Into the open project or a new one; a refused file leaves no empty project behind. */
  async #bringNetwork(app: AppState, name: string, bring: (projectId: string) => Promise<Variant>): Promise<true> {
    this.current = { name, share: null };
    const made = app.open.id === null ? await app.projects.create(nameFromFile(name)) : undefined;
    const projectId = made?.id ?? app.open.id ?? '';
    try {
      const variant = await bring(projectId);
      app.toasts.say(`${variant.name} is here: ${counted(variant.summary.layers.length, 'layer')}.`);
      app.route.go({ kind: 'project', id: projectId, view: 'overview', item: variant.id });
      return true;
    } catch (thrown) {
      if (made !== undefined) await app.projects.remove(made.id);
      throw thrown;
    }
  }

  /** Looks first: where there is something to choose, the dialog opens; else the data come in at once. */
  async #bringData(app: AppState, name: string, source: string): Promise<boolean> {
    const survey = await app.studio.client.datasets.survey({ source });
    const network = app.currentVariant();
    let projectId = app.open.id;
    const draft = new DataDraft(source, survey, network, {
      import: async (from, options) => {
        const made = projectId === null ? await app.projects.create(nameFromFile(name)) : undefined;
        try {
          const dataset = await app.open.importDataset(made?.id ?? projectId ?? '', from, options);
          projectId = dataset.projectId;
          return dataset;
        } catch (thrown) {
          if (made !== undefined) await app.projects.remove(made.id);
          throw thrown;
        }
      },
      cancel: (from) => void (projectId === null ? undefined : app.studio.client.datasets.cancelImport({ projectId, source: from })),
    });
    if (needsChoices(survey)) {
      this.draft = draft;
      return false;
    }
    const dataset = await draft.import();
    if (draft.problem !== null) {
      this.draft = draft;
      return false;
    }
    if (dataset !== undefined) this.#welcome(app, dataset);
    return dataset !== undefined;
  }

  #welcome(app: AppState, { summary: { name, classes, targets }, projectId }: Dataset): void {
    app.toasts.say(
      `${name} is here: ${targets === undefined ? counted(classes.length, 'class', 'classes') : counted(targets.length, 'target')}.`,
    );
    if (app.open.id !== projectId) app.route.go({ kind: 'project', id: projectId, view: 'overview', item: null });
  }
}
