// Variants and curves as a studio would hold them, from a seed: a baseline, and prunings of it and of each other.
import type { LayerSummary, NetworkSummary } from '#contract/network.ts';
import type { Job, MetricPoint, Variant } from '#contract/nouns.ts';

const start = Date.UTC(2026, 0, 5, 9);

/** A generator of numbers in [0, 1) (mulberry32): the same seed, the same pictures. */
export function chanceFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** conv 32 – conv 64 – dense 128 – dense 10 on 28 × 28, with a share of channels and of weights left. */
export function networkOf(name: string, channels: number, weights: number): NetworkSummary {
  const [first, second, third] = [32, 64, 128].map((full) => Math.max(1, Math.round(full * channels)));
  const layers = [
    layer('conv2d', 'Conv2D', [28, 28, 1], [26, 26, first!], 9 * first! + first!, 26 * 26 * 9 * first!, weights),
    layer('max_pooling2d', 'MaxPooling2D', [26, 26, first!], [13, 13, first!], 0, 0, 1),
    layer('conv2d_1', 'Conv2D', [13, 13, first!], [11, 11, second!], 9 * first! * second! + second!, 121 * 9 * first! * second!, weights),
    layer('max_pooling2d_1', 'MaxPooling2D', [11, 11, second!], [5, 5, second!], 0, 0, 1),
    layer('dense', 'Dense', [25 * second!], [third!], 25 * second! * third! + third!, 25 * second! * third!, weights),
    layer('dense_1', 'Dense', [third!], [10], third! * 10 + 10, third! * 10, Math.min(1, weights * 2)),
  ];
  const sum = (key: 'parameters' | 'nonzero' | 'macs'): number => layers.reduce((total, each) => total + each[key], 0);
  const [parameters, nonzero] = [sum('parameters'), sum('nonzero')];
  return {
    name,
    parameters,
    nonzero,
    macs: sum('macs'),
    layers,
    groups: [],
    unsupported: [],
    inputShape: [null, 28, 28, 1],
    outputShape: [null, 10],
    bytes: {
      raw: 4 * parameters,
      gzip: Math.round(3.7 * nonzero + parameters / 9),
      int8: parameters + 1200,
      sparse: Math.min(4 * parameters, 4 * nonzero + Math.round(parameters / 8)),
    },
    activationBytes: 4 * (676 * first! + 169 * first!),
  };
}

function layer(
  name: string,
  type: string,
  input: number[],
  output: number[],
  parameters: number,
  macs: number,
  weights: number,
): LayerSummary {
  return {
    name,
    type,
    inputShape: [null, ...input],
    outputShape: [null, ...output],
    parameters,
    nonzero: Math.round(parameters * weights),
    macs,
    group: null,
    prunable: type === 'Dense' ? ['weight', 'neuron'] : type === 'Conv2D' ? ['weight', 'filter'] : [],
    ...(parameters > 0 ? { channels: output.at(-1)! } : {}),
  };
}

/** The first is the baseline. One in nine was never evaluated, two in three have a latency. */
export function seedVariants(count: number, seed = 7): Variant[] {
  const chance = chanceFrom(seed);
  const variants: Variant[] = [];
  for (let index = 0; index < count; index++) {
    const filters = index > 0 && chance() < 0.5;
    const share = index === 0 ? 1 : filters ? 0.15 + 0.85 * chance() : 0.01 + 0.6 * chance() ** 2;
    const parent = index === 0 ? null : variants[index < 4 || chance() < 0.6 ? 0 : Math.floor(chance() * index)]!.id;
    const harm =
      index === 0
        ? 0
        : (filters ? 0.012 * (1 / share - 1) : 0.0016 * (1 / share - 1) ** 1.3) * (0.4 + chance()) + (chance() < 0.04 ? 0.5 * chance() : 0);
    const accuracy = Math.round(Math.max(0.1, 0.9871 - harm + (chance() - 0.5) * 0.002) * 10_000) / 10_000;
    const name =
      index === 0
        ? 'cnn-small trained 8 epochs'
        : `cnn-small ${filters ? 'filters' : 'weights'} −${Math.round((1 - share) * 100)} %${chance() < 0.2 ? ` seed ${index}` : ''}`;
    const known = index === 0 || chance() > 1 / 9;
    const summary = networkOf(name, filters ? share : 1, filters ? 1 : share);
    variants.push({
      id: `variant-${index}`,
      projectId: 'project',
      modelId: 'model',
      parentId: parent,
      jobId: `job-${index}`,
      name,
      kind: index === 0 ? 'trained' : 'pruned',
      createdAt: start + index * 60_000,
      artifact: index.toString(16).padStart(64, '0'),
      artifactBytes: summary.bytes.raw,
      summary,
      made: { by: 'import' },
      evaluation: known
        ? {
            loss: 1.2 - accuracy,
            accuracy,
            topK: {},
            perClass: [],
            trainAccuracy: Math.min(1, accuracy + 0.007),
            validationAccuracy: accuracy,
            gap: Math.min(1, accuracy + 0.007) - accuracy,
            samples: 10_000,
          }
        : null,
      prunedScore: index > 0 && known ? { loss: 1, accuracy: Math.max(0.1, accuracy - harm * 6 - 0.05 * chance()) } : null,
      latencies: [],
      repeat: null,
      latency:
        chance() < 0.66
          ? {
              p50: 0.05 + summary.macs / 8e6,
              p95: 0.1 + summary.macs / 6e6,
              mean: 0.06 + summary.macs / 8e6,
              runs: 100,
              batch: 1,
              threads: 2,
              runtime: 'tensorflow',
              runtimeVersion: '2.18.0',
              host: 'laptop',
            }
          : null,
      certificate: filters
        ? {
            runtime: 'TensorFlow',
            samples: 256,
            inputs: 'data',
            maxDifference: 3e-7 * (1 + chance()),
            tolerance: 1e-4,
            firstDivergingLayer: null,
            top1Agreement: null,
            verdict: 'equal',
          }
        : null,
    });
  }
  return variants;
}

/** 8 epochs of 430 steps, a point every 10 steps; sparsity rises over the first half of a pruned run. */
export function seedSeries(jobId: string): MetricPoint[] {
  const index = Number(jobId.split('-')[1]);
  const chance = chanceFrom(index + 1);
  const [epochs, steps, target] = [index === 0 ? 8 : 4, 430, index === 0 ? 0 : 0.5 + 0.45 * chance()];
  const points: MetricPoint[] = [];
  for (let step = 10; step <= epochs * steps; step += 10) {
    const epoch = step / steps;
    const sparsity = target * (1 - (1 - Math.min(1, (2 * epoch) / epochs)) ** 3);
    const error = 0.012 + (index === 0 ? 0.5 : 0.1 * (1 + sparsity)) * Math.exp(-epoch * 1.3) + 0.02 * sparsity ** 8;
    const noise = 1 + (chance() - 0.5) * 0.7;
    points.push({ kind: 'step', step, epoch, loss: 3.1 * error * noise, accuracy: 1 - error * noise, rate: 0.001, sparsity });
    if (step % steps === 0)
      points.push({
        kind: 'epoch',
        step,
        epoch,
        loss: 3.1 * error,
        accuracy: 1 - error,
        valLoss: 3.6 * error + 0.01,
        valAccuracy: 1 - error * 1.25,
        seconds: 9,
        sparsity,
      });
  }
  return points;
}

export function seedJobs(variants: readonly Variant[]): Job[] {
  return variants.flatMap((variant) =>
    variant.jobId === null
      ? []
      : [
          {
            id: variant.jobId,
            projectId: 'project',
            kind: 'prune' as const,
            name: variant.name,
            state: 'done' as const,
            order: { kind: 'measure' as const, variantId: variant.id, settings: { runtime: 'tensorflow' as const, batch: 1, runs: 100 } },
            progress: null,
            createdAt: variant.createdAt,
            startedAt: variant.createdAt,
            endedAt: variant.createdAt,
            seconds: 30,
            checkpointStep: null,
            variantId: variant.id,
            exported: null,
            result: null,
            problem: null,
            notes: [],
          },
        ],
  );
}
