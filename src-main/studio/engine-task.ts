// What an engine is told to do for a job's order: ids become files.
import type { EngineTask } from '#contract/engine-messages.ts';
import { StudioError } from '#contract/errors.ts';
import type { Dataset, JobOrder, Variant } from '#contract/nouns.ts';
import type { Store } from '#main/store/open-store.ts';

/** @throws StudioError not-found where the variant or dataset is gone, damaged-store where its file is */
export function engineTaskOf(store: Store, order: JobOrder): EngineTask {
  const model = store.artifacts.pathOf(variantOf(store, order.variantId).artifact);
  const data = (id: string): string => store.artifacts.pathOf(datasetOf(store, id).artifact);
  switch (order.kind) {
    case 'train':
      return { kind: 'train', model, data: data(order.datasetId), settings: order.settings, exportTo: order.exportTo };
    case 'prune':
      return {
        kind: 'prune',
        model,
        data: order.datasetId === null ? null : data(order.datasetId),
        ...(order.teacherId === undefined ? {} : { teacher: store.artifacts.pathOf(variantOf(store, order.teacherId).artifact) }),
        recipe: order.recipe,
        exportTo: order.exportTo,
      };
    case 'evaluate':
      return { kind: 'evaluate', model, data: data(order.datasetId) };
    case 'sensitivity':
      return { kind: 'sensitivity', model, data: data(order.datasetId), settings: order.settings };
    case 'probe':
      return { kind: 'probe', model, recipe: order.recipe };
    case 'measure':
      return { kind: 'measure', model, settings: order.settings };
    case 'export':
      return { kind: 'export', model, data: order.datasetId === null ? null : data(order.datasetId), exportTo: order.exportTo };
  }
}

export function variantOf(store: Store, id: string): Variant {
  const variant = store.variants.find(id);
  if (variant === undefined) throw new StudioError('not-found', `There is no variant ${id}; it may have been removed.`, { where: id });
  return variant;
}

export function datasetOf(store: Store, id: string): Dataset {
  const dataset = store.datasets.find(id);
  if (dataset === undefined) throw new StudioError('not-found', `There is no dataset ${id}; it may have been removed.`, { where: id });
  return dataset;
}
