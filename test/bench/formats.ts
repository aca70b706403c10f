// Import of a 100 MB .keras file and its export to ONNX: seconds and memory, Keras's own load of the same file beside it.
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { writeKeras } from '#formats/keras/write-keras.ts';
import { initialise } from '#network/initialise.ts';
import type { LayerConfig, Topology } from '#network/model-artifact.ts';
import { scratchFolder } from './data.ts';
import { peersPython } from './python.ts';
import { ROUNDS } from './race.ts';
import { publish } from './results.ts';

interface Round {
  readonly seconds: number;
  /** The process's largest resident memory, and what it had before the work, in bytes. */
  readonly peak: number;
  readonly before: number;
}

const dense = (name: string, units: number): LayerConfig => ({
  class_name: 'Dense',
  config: { name, units, activation: 'relu', use_bias: true },
});
/** 25.2 million weights. */
const topology: Topology = {
  class_name: 'Sequential',
  config: {
    name: 'hundred-megabytes',
    layers: [
      { class_name: 'InputLayer', config: { name: 'input', batch_input_shape: [null, 1024], dtype: 'float32' } },
      dense('wide', 4096),
      dense('widest', 4096),
      dense('narrow', 1024),
    ],
  },
};

export async function bench(): Promise<void> {
  const python = await peersPython();
  const folder = scratchFolder();
  try {
    const file = join(folder, 'large.keras');
    await writeKeras(file, initialise(topology, 1));
    const size = statSync(file).size;
    // Each round in a process of its own: memory that was once taken stays counted.
    const ask = (command: string, ...args: readonly string[]): Round =>
      JSON.parse(execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })) as Round;
    const own = (task: 'import' | 'onnx', at: string): Round =>
      ask(process.execPath, resolve(import.meta.dirname, 'espalier-formats.ts'), task, file, at);
    const rounds = { import: [] as Round[], onnx: [] as Round[], keras: [] as Round[] };
    for (let round = 0; round < ROUNDS; round++) {
      const at = join(folder, String(round));
      mkdirSync(at);
      rounds.import.push(own('import', at));
      rounds.onnx.push(own('onnx', at));
      rounds.keras.push(ask(python, resolve(import.meta.dirname, 'peers/keras_loads.py'), file));
      rmSync(at, { recursive: true });
    }
    const seconds = (all: readonly Round[]) => Math.min(...all.map((round) => round.seconds));
    const memory = (all: readonly Round[]) => Math.min(...all.map(({ peak, before }) => peak - before));
    const row = (name: string, all: readonly Round[], target: string) => [
      name,
      `${seconds(all).toFixed(2)} s`,
      `${(memory(all) / size).toFixed(2)} ×`,
      `${Math.round(Math.min(...all.map(({ peak }) => peak)) / 1e6)} MB`,
      target,
    ];
    publish('formats', {
      title: `A .keras file of ${(size / 1e6).toFixed(0)} MB, ${ROUNDS} rounds, the best of each`,
      table: [
        ['', 'time', 'memory / file', 'peak', 'at most'],
        row('Espalier: import, audited and stored', rounds.import, '3 s, 3 ×'),
        row('Espalier: the stored network to ONNX', rounds.onnx, '3 s'),
        row('Keras: load_model', rounds.keras, ''),
      ],
      remarks: ['Memory is the rise of resident memory over that of the process before the work.'],
      figures: { size, rounds },
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
