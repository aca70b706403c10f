// Time and memory of choosing among ResNet-50's 25.6 million weights by magnitude: 90 % of all, 2 of every 4, 90 % of all 4 × 4 blocks.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom } from '#network/random.ts';
import { nodeContender, pythonContender, threads } from './contender.ts';
import { scratchFolder } from './data.ts';
import { peersPython } from './python.ts';
import { race, timesFaster, type Standing } from './race.ts';
import { milliseconds, publish, times } from './results.ts';

export interface MaskTask {
  /** Raw float32, tensor after tensor. */
  readonly weights: string;
  readonly shapes: readonly (readonly number[])[];
  readonly sparsity: number;
  readonly way: 'weight' | 'n:m' | 'block';
}

interface Way {
  readonly way: MaskTask['way'];
  readonly title: string;
  readonly ours: string;
  readonly peers: readonly (readonly [side: string, name: string])[];
}

const ways: readonly Way[] = [
  {
    way: 'weight',
    title: '90 % of all weights',
    ours: 'Espalier selectSmallest, one thread',
    peers: [
      ['numpy', 'numpy partition, then compare (ties not settled)'],
      ['torch', 'torch.nn.utils.prune.global_unstructured'],
      ['tfmot', "tfmot's mask: a sort of all weights"],
    ],
  },
  {
    way: 'n:m',
    title: '2 of every 4 along the inputs',
    ours: 'Espalier n:m',
    peers: [
      ['numpy', 'numpy argpartition of each four'],
      ['torch', 'torch.ao.pruning.WeightNormSparsifier, 1 × 4'],
      ['tfmot', "tfmot's m-by-n mask"],
    ],
  },
  {
    way: 'block',
    title: '90 % of all 4 × 4 blocks',
    ours: 'Espalier blocks',
    peers: [
      ['numpy', 'numpy means of blocks, partition, compare'],
      ['torch', 'torch.ao.pruning.WeightNormSparsifier, 4 × 4 (layer by layer)'],
      ['tfmot', "tfmot's block mask (layer by layer)"],
    ],
  },
];

export async function bench(): Promise<void> {
  const python = await peersPython();
  const folder = scratchFolder();
  try {
    const shapes = resnet50Kernels();
    const count = shapes.reduce((sum, shape) => sum + size(shape), 0);
    const weights = join(folder, 'weights.f32');
    writeFileSync(weights, new Uint8Array(heWeights(shapes).buffer));
    const races: { readonly way: Way; readonly standings: readonly Standing[] }[] = [];
    for (const way of ways) {
      const task = { weights, shapes, sparsity: 0.9, way: way.way, threads } satisfies MaskTask & { threads: number };
      const contenders = [await nodeContender('espalier', 'espalier-masks.ts', task)];
      for (const [side] of way.peers) contenders.push(await pythonContender(side, python, 'masks.py', { ...task, side }));
      races.push({ way, standings: await race(contenders) });
    }
    publish('masks', {
      title: `Masks by magnitude over ${(count / 1e6).toFixed(1)} million weights in ${shapes.length} tensors`,
      table: [
        ['', 'time', 'extra memory', 'removed', 'vs Espalier'],
        ...races.flatMap(({ way, standings }) => [[way.title], ...standings.map((standing) => rowOf(way, standings, standing))]),
      ],
      remarks: [
        `Asked for: ${Math.round(0.9 * count)} weights; half of every four; 90 % of the blocks.`,
        `A mask of a byte a weight takes ${Math.round(count / 2 ** 20)} MiB.`,
        'Extra memory is by how much resident memory rose in the first selection of a process, masks included: later ones use again what the first left.',
      ],
      figures: { shapes, standings: races[0]?.standings, races: races.map(({ way, standings }) => ({ way: way.way, standings })) },
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function rowOf({ ours, peers }: Way, standings: readonly Standing[], { name, best, rounds, about }: Standing): string[] {
  const { extra } = about['first'] as { readonly extra: number };
  return [
    `  ${name === 'espalier' ? ours : (new Map(peers).get(name) ?? name)}`,
    milliseconds(best),
    `${(extra / 2 ** 20).toFixed(1)} MiB`,
    String(rounds[0]?.['removed']),
    name === 'espalier' ? '' : times(timesFaster(standings, name)),
  ];
}

/** He et al. 2016: a 7 × 7 stem, 3 + 4 + 6 + 3 bottlenecks, 1000 classes. */
function resnet50Kernels(): number[][] {
  const shapes = [[7, 7, 3, 64]];
  let channels = 64;
  for (const [blocks, width] of [
    [3, 64],
    [4, 128],
    [6, 256],
    [3, 512],
  ] as const) {
    for (let block = 0; block < blocks; block++) {
      shapes.push([1, 1, channels, width], [3, 3, width, width], [1, 1, width, 4 * width]);
      if (block === 0) shapes.push([1, 1, channels, 4 * width]);
      channels = 4 * width;
    }
  }
  return [...shapes, [2048, 1000]];
}

/** Normal with a standard deviation of √(2 / fan in), as such a network begins. */
function heWeights(shapes: readonly (readonly number[])[]): Float32Array {
  const random = createRandom(1, 0x5e);
  const values = new Float32Array(shapes.reduce((sum, shape) => sum + size(shape), 0));
  let at = 0;
  for (const shape of shapes) {
    const deviation = Math.sqrt(2 / size(shape.slice(0, -1)));
    for (const end = at + size(shape); at < end; at++) values[at] = deviation * random.normal();
  }
  return values;
}

function size(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}
