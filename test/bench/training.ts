// Training speed against Keras, PyTorch and TensorFlow.js: the same networks, batches, optimizer and data, in turns.
import { join } from 'node:path';
import { rmSync } from 'node:fs';
import { writeKeras } from '#formats/keras/write-keras.ts';
import { writeModelFile } from '#formats/model-file.ts';
import { initialise } from '#network/initialise.ts';
import { summariseNetwork } from '#network/summarise.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { nodeContender, pythonContender, threads, type Contender } from './contender.ts';
import { scratchFolder, writeData } from './data.ts';
import { benchModels, type BenchModel } from './models.ts';
import { peersPython } from './python.ts';
import { geometricMean, race, timesFaster, type Standing } from './race.ts';
import { publish, times, whole } from './results.ts';

const BATCH = 128;
const SPARSITY = 0.5;
/** Steps, on each side and for each way that a peer may run. */
const WARM_UP = 4;

interface Raced {
  readonly name: string;
  readonly images: number;
  readonly stepFlops: number;
  readonly standings: readonly Standing[];
}

/** `names`: some of the models; all where there are none. */
export async function bench(names: readonly string[]): Promise<void> {
  const python = await peersPython();
  const raced: Raced[] = [];
  for (const model of benchModels.filter(({ name }) => names.length === 0 || names.includes(name))) {
    console.error(`training: ${model.name}`);
    const one = await raceOn(model, python);
    for (const { name, best } of one.standings) console.error(`  ${name}: ${best.toFixed(2)} s a round`);
    raced.push(one);
  }
  const peers = ['keras', 'pytorch', 'tfjs'];
  const speed = ({ images, standings }: Raced, name: string) => {
    const best = standings.find((standing) => standing.name === name)?.best;
    return best === undefined ? '–' : whole(images / best);
  };
  const means = peers.flatMap((peer) => {
    const ratios = raced.flatMap(({ standings }) => timesFaster(standings, peer) ?? []);
    return ratios.length < 2 ? [] : [`Geometric mean over ${ratios.length} models against ${peer}: ${times(geometricMean(ratios))}`];
  });
  publish(names.length === 0 ? 'training' : `training-${names.join('-')}`, {
    title: `Training, images a second (batch ${BATCH}, Adam, ${threads} threads; Espalier with ${SPARSITY * 100} % of the kernels masked)`,
    table: [
      ['model', 'espalier', ...peers, ...peers.map((peer) => `vs ${peer}`)],
      ...raced.map((one) => [
        one.name,
        speed(one, 'espalier'),
        ...peers.map((peer) => speed(one, peer)),
        ...peers.map((peer) => times(timesFaster(one.standings, peer))),
      ]),
    ],
    remarks: [...means, ...raced.flatMap(shareOfMatmul), ...raced.map(peakMemory)],
    figures: raced,
  });
}

async function raceOn(model: BenchModel, python: string): Promise<Raced> {
  const folder = scratchFolder();
  try {
    const artifact = initialise(model.topology, 1);
    const paths = { espalier: join(folder, 'bench.model'), keras: join(folder, 'bench.keras') };
    writeModelFile(paths.espalier, artifact);
    await writeKeras(paths.keras, artifact);
    const images = model.steps * BATCH;
    const data = await writeData(folder, model.data, images);
    const shared = { name: model.name, batch: BATCH, steps: model.steps, warmUp: WARM_UP, threads, train: data.train, folder };
    const contenders: Contender[] = [
      await nodeContender('espalier', 'espalier-trains.ts', { ...shared, model: paths.espalier, data: data.artifact, sparsity: SPARSITY }),
      await pythonContender('keras', python, 'keras_trains.py', { ...shared, model: paths.keras }),
      await pythonContender('pytorch', python, 'torch_trains.py', shared),
    ];
    if (model.name === 'mnist-cnn') {
      contenders.push(
        await nodeContender('tfjs', 'tfjs-trains.ts', { ...shared, model: paths.espalier }),
        await nodeContender('matmul', 'matmul-speed.ts', {}),
      );
    }
    return { name: model.name, images, stepFlops: stepFlops(artifact), standings: await race(contenders) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Two operations for each MAC, in three passes: forward, gradients of kernels, and, but for the first layer, gradients of inputs. */
function stepFlops(artifact: ModelArtifact): number {
  const macs = summariseNetwork(artifact)
    .layers.map((layer) => layer.macs)
    .filter((count) => count > 0);
  return 2 * BATCH * (3 * macs.reduce((sum, count) => sum + count, 0) - (macs[0] ?? 0));
}

/** The most that each process has held resident, its runtime, its data and its warm-up included. */
function peakMemory({ name, standings }: Raced): string {
  const peaks = standings.flatMap((standing) => {
    const bytes = Math.max(...standing.rounds.map(({ peakBytes }) => Number(peakBytes ?? 0)));
    return bytes > 0 && standing.name !== 'matmul' ? [{ name: standing.name, bytes }] : [];
  });
  return `Peak memory on ${name}: ${peaks.map((peak) => `${peak.name} ${whole(peak.bytes / 1e6)} MB`).join(', ')}`;
}

function shareOfMatmul({ name, images, stepFlops: flops, standings }: Raced): string[] {
  const matmul = standings.find((standing) => standing.name === 'matmul');
  if (matmul === undefined) return [];
  const machine = Math.max(...matmul.rounds.map(({ flopsPerSecond }) => Number(flopsPerSecond)));
  const share = (standing: Standing) => `${standing.name} ${Math.round((100 * flops * images) / BATCH / standing.best / machine)} %`;
  return [
    `Share of this machine's matmul speed (${(machine / 1e9).toFixed(0)} GFLOP/s) on ${name}: ${standings
      .filter((one) => one !== matmul)
      .map(share)
      .join(', ')}`,
  ];
}
