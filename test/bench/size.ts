// tfmot's claim on its own model, as files: 80 % of the weights gone, how small are they gzipped, whole and in int8; tfmot's own files beside.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { nodeContender, pythonContender, threads } from './contender.ts';
import { scratchFolder, writeData } from './data.ts';
import { peersPython } from './python.ts';
import { race } from './race.ts';
import { publish, times, whole } from './results.ts';

/** Gzipped bytes by what was written. */
type Sizes = Readonly<Record<'keras' | 'sparseKeras' | 'tflite' | 'sparseTflite' | 'sparseInt8', number>>;

const rows: readonly (readonly [keyof Sizes, string])[] = [
  ['keras', 'dense, Keras'],
  ['tflite', 'dense, TensorFlow Lite'],
  ['sparseKeras', '80 % sparse, Keras'],
  ['sparseTflite', '80 % sparse, TensorFlow Lite'],
  ['sparseInt8', '80 % sparse, TensorFlow Lite int8'],
];

export async function bench(): Promise<void> {
  const python = await peersPython();
  const folder = scratchFolder();
  try {
    const data = await writeData(folder, 'mnist');
    const files = ['ours', 'theirs'].map((name) => join(folder, name));
    files.forEach((path) => mkdirSync(path));
    const standings = await race(
      [
        await nodeContender('espalier', 'espalier-recipe.ts', { data: data.artifact, threads, folder, files: files[0] }),
        await pythonContender('tfmot', python, 'tfmot_recipe.py', { ...data, files: files[1] }),
      ],
      1,
    );
    const sizes = standings.map(({ rounds }) => rounds[0]?.['sizes'] as Sizes);
    const accuracies = standings.map(({ rounds }) => `${(100 * Number(rounds[0]?.['sparse'])).toFixed(2)} %`);
    publish('size', {
      title: "tfmot's own MNIST model, gzipped files (level 6)",
      table: [
        ['', ...standings.flatMap(({ name }) => [name, 'smaller'])],
        ...rows.map(([key, title]) => [title, ...sizes.flatMap((own) => [`${whole(own[key])} B`, times(own.keras / own[key])])]),
      ],
      remarks: [
        `Smaller is against the side's own dense Keras file. Asked for: at least 3 × sparse, at least 10 × sparse in int8.`,
        `Accuracy at 80 %: ${standings.map(({ name }, at) => `${name} ${accuracies[at]}`).join(', ')}. One seed.`,
        `In int8 Espalier's network is ${(100 * Number(standings[0]?.rounds[0]?.['int8'])).toFixed(2)} % accurate.`,
        'int8 is full-integer with calibration on both sides; files are without optimizer state.',
      ],
      figures: standings,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
