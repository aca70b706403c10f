// tfmot's MNIST recipe on tfmot and on Espalier: accuracy before and after, and the time of training.
import { rmSync } from 'node:fs';
import { nodeContender, pythonContender, threads } from './contender.ts';
import { scratchFolder, writeData } from './data.ts';
import { peersPython } from './python.ts';
import { race, ROUNDS, timesFaster, type Standing } from './race.ts';
import { publish, times } from './results.ts';

export async function bench(): Promise<void> {
  const python = await peersPython();
  const folder = scratchFolder();
  try {
    const data = await writeData(folder, 'mnist');
    const standings = await race([
      await nodeContender('espalier', 'espalier-recipe.ts', { data: data.artifact, threads, folder }),
      await pythonContender('tfmot', python, 'tfmot_recipe.py', data),
    ]);
    const mean = ({ rounds }: Standing, figure: string) => rounds.reduce((sum, round) => sum + Number(round[figure]), 0) / rounds.length;
    const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
    publish('tfmot', {
      title: `tfmot's MNIST recipe, ${ROUNDS} seeds: 4 epochs dense at batch 32, then 2 epochs to 80 % at batch 128`,
      table: [
        ['', 'dense', 'at 80 %', 'change', 'zeros', 'seconds dense', 'seconds pruning', 'seconds, best'],
        ...standings.map((one) => [
          one.name,
          percent(mean(one, 'dense')),
          percent(mean(one, 'sparse')),
          percent(mean(one, 'sparse') - mean(one, 'dense')),
          percent(mean(one, 'sparsity')),
          mean(one, 'denseSeconds').toFixed(1),
          mean(one, 'sparseSeconds').toFixed(1),
          one.best.toFixed(1),
        ]),
      ],
      remarks: [
        `Espalier is ${times(timesFaster(standings, 'tfmot'))} as fast. Both train on 55,000 images; validation on 5,000 an epoch is in both times.`,
        'Accuracies are means over the seeds, on the 10,000 test images.',
        'tfmot starts at 50 % and prunes every 100 steps; Espalier starts at 0 % and leaves the last quarter of the steps for recovery.',
      ],
      figures: standings,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
