// Small nouns that satisfy the contract, for tests in which their content doesn't matter.
import type { NetworkSummary } from '#contract/network.ts';
import type { DatasetSummary, Dataset, Model, Project, Variant } from '#contract/nouns.ts';

export const summary: NetworkSummary = {
  name: 'lenet-300-100',
  parameters: 266_610,
  nonzero: 266_610,
  macs: 266_200,
  bytes: { raw: 1_066_440, gzip: 980_000, int8: 267_430, sparse: 1_066_440 },
  activationBytes: 4336,
  inputShape: [null, 28, 28, 1],
  outputShape: [null, 10],
  groups: [],
  unsupported: [],
  layers: [
    {
      name: 'dense',
      type: 'Dense',
      inputShape: [null, 784],
      outputShape: [null, 300],
      parameters: 235_500,
      nonzero: 235_500,
      macs: 235_200,
      group: null,
      prunable: ['weight'],
    },
  ],
};

export const datasetSummary: DatasetSummary = {
  name: 'MNIST',
  sampleShape: [28, 28, 1],
  classes: [...'0123456789'],
  counts: { train: 55_000, validation: 5000, test: 10_000 },
  balance: Array.from({ length: 10 }, () => 7000),
  range: [0, 1],
  credit: null,
};

export const project: Project = { id: 'project-1', name: 'One', createdAt: 1, archivedAt: null, baselineId: null };
export const model: Model = {
  id: 'model-1',
  projectId: 'project-1',
  name: 'lenet',
  source: 'starter:lenet',
  format: 'starter',
  createdAt: 1,
};
export const variant: Variant = {
  id: 'variant-1',
  projectId: 'project-1',
  modelId: 'model-1',
  parentId: null,
  jobId: null,
  name: 'lenet',
  kind: 'untrained',
  createdAt: 1,
  artifact: 'a'.repeat(64),
  artifactBytes: 3,
  summary,
  made: { by: 'import' },
  evaluation: null,
  prunedScore: null,
  latency: null,
  latencies: [],
  repeat: null,
  certificate: null,
};
export const dataset: Dataset = {
  id: 'dataset-1',
  projectId: 'project-1',
  source: 'mnist',
  createdAt: 1,
  artifact: 'b'.repeat(64),
  summary: datasetSummary,
};
