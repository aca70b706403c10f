// Time of a whole structured pruning: dependency groups, L1 scores and surgery at 25 %, beside Torch-Pruning on torchvision's networks.
import { nodeContender, pythonContender, threads } from './contender.ts';
import { peersPython } from './python.ts';
import { geometricMean, race, timesFaster, type Standing } from './race.ts';
import { milliseconds, publish, times, whole } from './results.ts';

export const surgeryNetworks = ['resnet50', 'mobilenet_v2', 'densenet121'] as const;

export interface SurgeryTask {
  readonly network: (typeof surgeryNetworks)[number];
  /** Share of every group's channels that goes. */
  readonly sparsity: number;
  readonly image: number;
  readonly classes: number;
}

/** `names`: some of the networks; all if left out. */
export async function bench(names: readonly string[]): Promise<void> {
  const python = await peersPython();
  const rows: { network: string; standings: readonly Standing[]; ratio: number }[] = [];
  for (const network of surgeryNetworks.filter((name) => names.length === 0 || names.includes(name))) {
    const task: SurgeryTask = { network, sparsity: 0.25, image: 224, classes: 1000 };
    const standings = await race([
      await nodeContender('espalier', 'espalier-prunes-channels.ts', task),
      await pythonContender('torch-pruning', python, 'torch_prunes_channels.py', { ...task, threads }),
    ]);
    rows.push({ network, standings, ratio: timesFaster(standings, 'torch-pruning') ?? NaN });
  }
  publish('surgery', {
    title: 'Structured pruning at 25 % by L1, every group by itself: dependency groups + scores + surgery',
    table: [
      ['', 'Espalier', 'parameters', 'Torch-Pruning', 'parameters', 'times faster', 'share of its time'],
      ...rows.map(({ network, standings: [own, peer], ratio }) => [
        network,
        milliseconds(own!.best),
        counts(own!),
        milliseconds(peer!.best),
        counts(peer!),
        times(ratio),
        (1 / ratio).toFixed(3),
      ]),
    ],
    remarks: [
      `Geometric mean: ${times(geometricMean(rows.map(({ ratio }) => ratio)))} faster. Loading, fresh weights and the copy that each round prunes are left out on both sides.`,
      'Both prune fresh weights of the same architecture with 1,000 classes; Torch-Pruning traces it with one image of 224 × 224.',
      'Both count parameters without moving statistics; the convolutions of Keras’s ResNet-50 have biases, those of torchvision’s have none.',
    ],
    figures: rows,
  });
}

function counts({ rounds: [first] }: Standing): string {
  return `${whole(Number(first?.['before']))} → ${whole(Number(first?.['after']))}`;
}
