// Models and datasets come in: a starter, a model file, a dataset.
import { isAbsolute } from 'node:path';
import { StudioError } from '#contract/errors.ts';
import type { ImporterTask } from '#contract/importer-messages.ts';
import type { Dataset, Model, Variant } from '#contract/nouns.ts';
import type { procedures } from '#contract/procedures.ts';
import type { Handlers } from '#rpc/contract-types.ts';
import { runImporter } from '#main/supervisor/run-importer.ts';
import { datasetOf } from './engine-task.ts';
import { newId } from './ids.ts';
import { withStaging } from './import-files.ts';
import { describeDataset, describeNewModel, keepArtifact, projectOf } from './keep-artifact.ts';
import type { StudioParts } from './studio-parts.ts';
import { tryData } from './try-data.ts';
import { freeName, nameOfFile } from './variant-names.ts';

type All = Handlers<typeof procedures>;
export type ImportHandlers = Pick<All, 'models' | 'datasets'>;

export function serveImports(parts: StudioParts): ImportHandlers {
  const { store, feed, now } = parts;
  const running = new Map<string, AbortController>();

  function addModel(
    projectId: string,
    wish: string,
    source: string,
    kind: Variant['kind'],
    task: (staging: string) => Extract<ImporterTask, { kind: 'model' | 'starter' }>,
  ) {
    projectOf(store, projectId);
    return withStaging(parts, task, (answer, staging): { model: Model; variant: Variant } => {
      const project = projectOf(store, projectId);
      const name = freeName(
        wish,
        store.models.ofProject(projectId).map((model) => model.name),
      );
      const model: Model = { id: newId('model'), projectId, name, source, format: answer.format, createdAt: now() };
      const variant: Variant = {
        id: newId('variant'),
        projectId,
        modelId: model.id,
        parentId: null,
        jobId: null,
        name,
        kind,
        createdAt: model.createdAt,
        artifact: answer.artifact.sha256,
        artifactBytes: answer.artifact.bytes,
        summary: answer.summary,
        made: { by: 'import' },
        evaluation: null,
        prunedScore: null,
        latency: null,
        latencies: [],
        repeat: null,
        certificate: null,
      };
      const firstImported = kind === 'imported' && project.baselineId === null;
      keepArtifact(store, answer.artifact, staging);
      describeNewModel(store, model, variant);
      store.transact(() => {
        store.models.insert(model);
        store.variants.insert(variant);
        if (firstImported) store.projects.setBaseline(projectId, variant.id);
      });
      feed.tell('modelAdded', { model });
      feed.tell('variantChanged', { variant });
      if (firstImported) feed.tell('projectChanged', { project: projectOf(store, projectId) });
      return { model, variant };
    });
  }

  const placed = (weights: string | undefined) => (weights === undefined ? {} : { weights: completePath(parts.handles.resolve(weights)) });

  return {
    models: {
      addStarter: ({ projectId, starter, seed, weights }) =>
        addModel(projectId, starter, `starter:${starter}`, weights === undefined ? 'untrained' : 'imported', (staging) => ({
          kind: 'starter',
          starter,
          seed,
          ...placed(weights),
          staging,
        })),
      import({ projectId, path, name, weights }) {
        const file = completePath(parts.handles.resolve(path));
        return addModel(projectId, name ?? nameOfFile(file), nameOfSource(file), 'imported', (staging) => ({
          kind: 'model',
          path: file,
          ...placed(weights),
          staging,
        }));
      },
    },
    datasets: {
      survey: ({ source }) =>
        withStaging(
          parts,
          (staging) => ({ kind: 'survey', source: placeOf(parts, source), staging }) as const,
          ({ survey }) => survey,
        ),
      import({ projectId, source, options }) {
        projectOf(store, projectId);
        const place = placeOf(parts, source);
        const key = `${projectId} ${source}`;
        const cancel = new AbortController();
        running.set(key, cancel);
        const over = (): void => {
          if (running.get(key) === cancel) running.delete(key);
        };
        return withStaging(
          parts,
          (staging) => ({ kind: 'dataset', source: place, options, staging }) as const,
          (answer, staging): Dataset => {
            projectOf(store, projectId);
            const known = store.datasets.ofProject(projectId).find(({ artifact }) => artifact === answer.artifact.sha256);
            if (known !== undefined) return known;
            const dataset: Dataset = {
              id: newId('dataset'),
              projectId,
              source: isAbsolute(place) ? nameOfSource(place) : place,
              createdAt: now(),
              artifact: answer.artifact.sha256,
              summary: answer.summary,
            };
            keepArtifact(store, answer.artifact, staging);
            describeDataset(store, dataset);
            store.transact(() => store.datasets.insert(dataset));
            feed.tell('datasetAdded', { dataset });
            return dataset;
          },
          { signal: cancel.signal, tell: (share) => feed.tell('importProgress', { projectId, source, share }) },
        ).finally(over);
      },
      cancelImport({ projectId, source }) {
        running.get(`${projectId} ${source}`)?.abort();
        return null;
      },
      try: ({ id, variantId }) => tryData(parts, id, variantId),
      async samples({ id, count }) {
        const artifact = store.artifacts.pathOf(datasetOf(store, id).artifact);
        return (await runImporter(parts.spawn, { kind: 'samples', artifact, count })).samples;
      },
    },
  };
}

/** A built-in name as it is, else a complete path. @throws StudioError bad-input, not-found */
function placeOf({ handles }: StudioParts, source: string): string {
  const file = handles.resolve(source);
  return /^[a-z0-9-]+$/.test(file) ? file : completePath(file);
}

/** A second process may be asking, and its folder is not this one's. @throws StudioError bad-input */
function completePath(path: string): string {
  if (isAbsolute(path)) return path;
  throw new StudioError('bad-input', 'The path must be complete, from the root on.', { where: path });
}

function nameOfSource(path: string): string {
  return path
    .split(/[\\/]/)
    .filter((part) => part !== '')
    .slice(path.endsWith('model.json') ? -2 : -1)
    .join('/');
}
