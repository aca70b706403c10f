// Where the milliseconds of Espalier's compiled training step go: `npm run bench -- profile mnist-cnn`.
import { execFile } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { writeModelFile } from '#formats/model-file.ts';
import { initialise } from '#network/initialise.ts';
import { engineEnvironment } from '#main/supervisor/engine-environment.ts';
import { kernelsPath } from '#main/engine/runtime/native-kernels.ts';
import { threads } from './contender.ts';
import { scratchFolder, writeData } from './data.ts';
import type { EspalierTraining } from './espalier-trains.ts';
import { benchModels } from './models.ts';
import { peersPython } from './python.ts';
import { publish } from './results.ts';

const run = promisify(execFile);
const BATCH = 128;

/** Milliseconds each; `ops`: kind, how many, time; `nodes`: name, kind, shape, time. */
interface Profile {
  readonly step: number;
  readonly written: number;
  readonly traced: number;
  readonly ops: readonly [string, number, number][];
  readonly nodes: readonly [string, string, string, number][];
}

export async function bench(names: readonly string[]): Promise<void> {
  const python = await peersPython();
  for (const { name, topology, data } of benchModels.filter((one) => names.length === 0 || names.includes(one.name))) {
    const folder = scratchFolder();
    try {
      const model = join(folder, 'bench.model');
      writeModelFile(model, initialise(topology, 1));
      const { artifact } = await writeData(folder, data, BATCH);
      const task = { model, data: artifact, batch: BATCH, steps: 1, warmUp: 0, sparsity: 0.5, folder } satisfies EspalierTraining;
      const environment = { ...process.env, ...engineEnvironment(threads), CUDA_VISIBLE_DEVICES: '', PYTHONDONTWRITEBYTECODE: '1' };
      const written = await run(process.execPath, [resolve(import.meta.dirname, 'step-graph.ts'), JSON.stringify(task)], {
        env: environment,
      });
      writeFileSync(join(folder, 'graph.json'), written.stdout.trim().split('\n').at(-1)!);
      const ran = await run(
        python,
        [
          resolve(import.meta.dirname, 'peers/profile_graph.py'),
          JSON.stringify({ folder, threads, runs: 15, top: 25, kernels: existsSync(kernelsPath()) ? kernelsPath() : null }),
        ],
        { env: environment, maxBuffer: 2 ** 26 },
      );
      const profile = JSON.parse(ran.stdout.trim().split('\n').at(-1)!) as Profile;
      publish(`profile-${name}`, {
        title: `${name}: ${profile.step.toFixed(1)} ms a step of ${BATCH}; ${profile.written} nodes, ${profile.traced} of them run`,
        table: [
          ['operation', 'how many', 'ms'],
          ...profile.ops.slice(0, 22).map(([kind, count, ms]) => [kind, String(count), ms.toFixed(2)]),
        ],
        remarks: [
          'Slowest nodes:',
          ...profile.nodes.slice(0, 16).map(([node, kind, shape, ms]) => `  ${ms.toFixed(2)} ms  ${kind}  ${shape}  ${node}`),
        ],
        figures: profile,
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}
