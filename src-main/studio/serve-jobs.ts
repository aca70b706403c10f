// Jobs: order, pause, resume, cancel, and their curves.
import { exportFormats, weightsRefusal } from '#contract/export-formats.ts';
import { mkdirSync } from 'node:fs';
import { dirname, join, parse } from 'node:path';
import { StudioError } from '#contract/errors.ts';
import type { ExportTarget, Job, JobOrder, Model, Variant } from '#contract/nouns.ts';
import type { Recipe } from '#contract/recipe.ts';
import type { procedures } from '#contract/procedures.ts';
import type { Handlers } from '#rpc/contract-types.ts';
import { checkFreeSpace } from './check-free-space.ts';
import { datasetOf, variantOf } from './engine-task.ts';
import { exportTargetAs, exportTargetOf } from './export-target.ts';
import { checkTransition, isLive } from './job-states.ts';
import { newId } from './ids.ts';
import type { JobQueue } from './job-queue.ts';
import type { Jobs } from './jobs.ts';
import type { StudioParts } from './studio-parts.ts';
import { freeName, namesIn, prunedName, trainedName } from './variant-names.ts';

type SeededOrder = DistributiveOmit<Extract<JobOrder, { kind: 'train' | 'prune' }>, 'exportTo' | 'repeat'>;
type DistributiveOmit<T, K extends string> = T extends unknown ? Omit<T, K> : never;

/** `small.keras` becomes `small-seed-3.keras`. */
function ofSeed(target: ExportTarget, seed: number): ExportTarget {
  const { dir, name, ext } = parse(target.path);
  return { ...target, path: join(dir, `${name}-seed-${seed}${ext}`) };
}

/** Runs that differ by the seed are samples of all training only where they start from weights of their own; what was learned before is kept. */
function startsAnew({ kind }: Variant, seeds: number): boolean {
  return kind === 'untrained' && seeds > 1;
}

export function serveJobs(parts: StudioParts, jobs: Jobs, queue: JobQueue): Handlers<typeof procedures>['jobs'] {
  const { store, handles } = parts;
  const targetOf = (path: string | undefined): ExportTarget | null => (path === undefined ? null : exportTargetOf(handles.resolve(path)));

  /** `name` is also that of the variant which the job makes. */
  async function place(variant: Variant, name: string, order: JobOrder, datasetId: string | null, id: string = newId('job')): Promise<Job> {
    if (datasetId !== null && datasetOf(store, datasetId).projectId !== variant.projectId) {
      throw new StudioError('bad-input', 'The dataset belongs to another project.', { where: 'datasetId' });
    }
    await checkFreeSpace(store.home, variant.artifactBytes);
    const job = jobs.order(variant.projectId, name, order, id);
    queue.add(job.id);
    return job;
  }

  /** A job a seed, which belong together by `repeat.id`; the first of them is answered. */
  async function placeSeeds(
    variant: Variant,
    name: string,
    datasetId: string | null,
    { seeds, first, exportTo }: { seeds: number; first: number; exportTo: ExportTarget | null },
    orderOf: (seed: number) => SeededOrder,
  ): Promise<Job> {
    if (seeds === 1) return place(variant, name, { ...orderOf(first), exportTo }, datasetId);
    const id = newId('repeat');
    const placed: Job[] = [];
    for (let seed = first; seed < first + seeds; seed++) {
      const order = { ...orderOf(seed), exportTo: exportTo === null ? null : ofSeed(exportTo, seed), repeat: { id, seed, of: seeds } };
      placed.push(await place(variant, `${name} · seed ${seed}`, order, datasetId));
    }
    return placed[0]!;
  }

  /** @throws StudioError `bad-input`, `not-found` */
  function teacherOf(variant: Variant, { distill }: Recipe, given: string | undefined): string | undefined {
    if (distill === false || distill === true) return distill ? (given ?? variant.id) : undefined;
    if (given === undefined)
      throw new StudioError('bad-input', `The recipe distils from "${distill}", but no variant was chosen as the teacher.`, {
        where: 'distill',
        whatToDo: 'Choose a teacher, or distil from the unpruned network.',
      });
    if (variantOf(store, given).projectId !== variant.projectId)
      throw new StudioError('bad-input', 'The teacher belongs to another project.', { where: 'teacherId' });
    return given;
  }

  function nameFor(variant: Variant, name: string | undefined, wish: (model: Model) => string): string {
    const model = store.models.find(variant.modelId);
    if (name !== undefined || model === undefined) return name ?? variant.name;
    const live = store.jobs
      .ofProject(variant.projectId)
      .filter(isLive)
      .map((job) => job.name);
    return freeName(wish(model), namesIn(store.variants.ofProject(variant.projectId), live));
  }

  return {
    train({ variantId, datasetId, settings, seeds, name, exportPath }) {
      const variant = variantOf(store, variantId);
      const exportTo = targetOf(exportPath);
      const wish = nameFor(variant, name, trainedName);
      return placeSeeds(variant, wish, datasetId, { seeds, first: settings.seed, exportTo }, (seed) => ({
        kind: 'train',
        variantId,
        datasetId,
        settings: { ...settings, reinitialise: settings.reinitialise || startsAnew(variant, seeds), seed },
      }));
    },
    prune({ variantId, datasetId, recipe, seeds, teacherId: teacher, name, exportPath }) {
      const variant = variantOf(store, variantId);
      const teacherId = teacherOf(variant, recipe, teacher);
      const exportTo = targetOf(exportPath);
      const wish = nameFor(variant, name, (model) => prunedName(model, recipe));
      return placeSeeds(variant, wish, datasetId, { seeds, first: recipe.seed, exportTo }, (seed) => ({
        kind: 'prune',
        variantId,
        datasetId,
        ...(teacherId === undefined ? {} : { teacherId }),
        recipe: { ...recipe, reinitialise: recipe.reinitialise || startsAnew(variant, seeds), seed },
      }));
    },
    evaluate({ variantId, datasetId }) {
      const variant = variantOf(store, variantId);
      return place(variant, `Evaluate ${variant.name}`, { kind: 'evaluate', variantId, datasetId }, datasetId);
    },
    sensitivity({ variantId, datasetId, settings }) {
      const variant = variantOf(store, variantId);
      return place(variant, `Sensitivity of ${variant.name}`, { kind: 'sensitivity', variantId, datasetId, settings }, datasetId);
    },
    probe({ variantId, recipe }) {
      const variant = variantOf(store, variantId);
      return place(variant, `Probe of ${variant.name}`, { kind: 'probe', variantId, recipe }, null);
    },
    measure({ variantId, settings }) {
      const variant = variantOf(store, variantId);
      return place(variant, `Measure ${variant.name}`, { kind: 'measure', variantId, settings }, null);
    },
    export({ variantId, format, weights, datasetId, acceptDifference, optimizer, path }) {
      const variant = variantOf(store, variantId);
      const refused = weightsRefusal(format, weights);
      if (refused !== undefined) throw new StudioError('bad-input', refused, { where: 'weights' });
      if (weights === 'int8' && datasetId === null)
        throw new StudioError('bad-input', 'int8 needs a dataset to calibrate on.', { where: 'datasetId', whatToDo: 'Choose one.' });
      const id = newId('job');
      const where = exportTargetAs(format, path === undefined ? ownExportPath(id, variant, format) : handles.resolve(path));
      const exportTo = { ...where, weights, acceptDifference, ...(optimizer === undefined ? {} : { optimizer }) };
      return place(variant, `Export ${variant.name}`, { kind: 'export', variantId, datasetId, exportTo }, datasetId, id);
    },
    get: ({ id }) => jobs.get(id),
    list: ({ projectId }) => (projectId === undefined ? store.jobs.list() : store.jobs.ofProject(projectId)),
    pause: ({ id }) => queue.pause(id),
    async resume({ id }) {
      const job = jobs.get(id);
      checkTransition(job, 'queued');
      await checkFreeSpace(store.home, variantOf(store, job.order.variantId).artifactBytes);
      const queued = jobs.enter(id, 'queued', { problem: null });
      queue.add(id);
      return queued;
    },
    cancel: ({ id }) => queue.cancel(id),
    series({ id, points }) {
      jobs.get(id);
      return store.jobEvents.series(id, points);
    },
  };

  function ownExportPath(jobId: string, variant: Variant, format: ExportTarget['format']): string {
    const stem =
      variant.name
        .replace(/[^\p{L}\p{N} ._%·()-]/gu, '_')
        .replace(/^[. ]+/, '')
        .slice(0, 80) || 'model';
    const path = join(store.home, 'exports', jobId, stem + (exportFormats[format].ending ?? ''));
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    return path;
  }
}
