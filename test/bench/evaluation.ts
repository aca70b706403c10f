// Scoring MNIST's 10,000 test images, against Keras and PyTorch.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeKeras } from '#formats/keras/write-keras.ts';
import { writeModelFile } from '#formats/model-file.ts';
import { initialise } from '#network/initialise.ts';
import { nodeContender, pythonContender, threads } from './contender.ts';
import { scratchFolder, writeData, type BenchData } from './data.ts';
import { benchModels, type BenchModel } from './models.ts';
import { peersPython } from './python.ts';
import { geometricMean, race, timesFaster, type Standing } from './race.ts';
import { milliseconds, publish, times } from './results.ts';

/** As the engine scores. */
const BATCH = 250;
const peers = ['keras evaluate', 'keras predict', 'pytorch'] as const;

export async function bench(names: readonly string[]): Promise<void> {
  const python = await peersPython();
  const folder = scratchFolder();
  try {
    const data = await writeData(folder, 'mnist', 1000);
    const raced: { name: string; standings: readonly Standing[] }[] = [];
    for (const model of benchModels.filter((one) => one.data === 'mnist' && (names.length === 0 || names.includes(one.name)))) {
      console.error(`evaluation: ${model.name}`);
      raced.push({ name: model.name, standings: await raceOn(model, python, folder, data) });
    }
    const best = (standings: readonly Standing[], wanted: string) =>
      milliseconds(standings.find(({ name }) => name === wanted)?.best ?? NaN);
    publish('evaluation', {
      title: `Scoring MNIST's 10,000 test images (batch ${BATCH}, ${threads} threads)`,
      table: [
        ['model', 'espalier', ...peers, ...peers.map((peer) => `vs ${peer}`)],
        ...raced.map(({ name, standings }) => [
          name,
          best(standings, 'espalier'),
          ...peers.map((peer) => best(standings, peer)),
          ...peers.map((peer) => times(timesFaster(standings, peer))),
        ]),
      ],
      remarks: peers.map(
        (peer) =>
          `Geometric mean against ${peer}: ${times(geometricMean(raced.flatMap(({ standings }) => timesFaster(standings, peer) ?? [])))}`,
      ),
      figures: raced,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function raceOn(model: BenchModel, python: string, folder: string, data: BenchData): Promise<readonly Standing[]> {
  const artifact = initialise(model.topology, 1);
  const paths = { espalier: join(folder, `${model.name}.model`), keras: join(folder, `${model.name}.keras`) };
  writeModelFile(paths.espalier, artifact);
  await writeKeras(paths.keras, artifact);
  const shared = { name: model.name, batch: BATCH, threads, test: data.test, folder };
  return race([
    await nodeContender('espalier', 'espalier-evaluates.ts', { ...shared, model: paths.espalier, data: data.artifact }),
    await pythonContender('keras evaluate', python, 'keras_evaluates.py', { ...shared, model: paths.keras, side: 'evaluate' }),
    await pythonContender('keras predict', python, 'keras_evaluates.py', { ...shared, model: paths.keras, side: 'predict' }),
    await pythonContender('pytorch', python, 'torch_evaluates.py', shared),
  ]);
}
