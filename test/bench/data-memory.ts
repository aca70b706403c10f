// Memory for a gigabyte of images: the importer's peak while it reads them, and the engine's while it trains on them and scores them.
import { copyFileSync, mkdirSync, mkdtempSync, openSync, closeSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DataOptions } from '#contract/data-options.ts';
import { TrainSettings } from '#contract/recipe.ts';
import { npyHeader } from '#formats/containers/npy.ts';
import { writeModelFile } from '#formats/model-file.ts';
import { runEngine } from '#main/supervisor/run-engine.ts';
import { importerLimits, runImporter } from '#main/supervisor/run-importer.ts';
import { forkSpawner, type ProcessSpawner } from '#main/supervisor/spawn-process.ts';
import { initialise } from '#network/initialise.ts';
import { createRandom } from '#network/random.ts';
import { publish, whole } from './results.ts';

const side = 32;
const imageBytes = side * side * 3;
const gigabyte = 1024 ** 3;
/** What must be enough for a gigabyte of images. */
const bound = 3 * gigabyte;

interface Row {
  readonly step: string;
  readonly bytes: number;
  readonly peak: number | null;
  readonly seconds: number;
}

export async function bench(names: readonly string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'espalier-memory-'));
  const images = Math.round((Number(names[0] ?? 1) * gigabyte) / imageBytes);
  try {
    const rows = [
      ...(await throughAll(folder, 'arrays', arraysOf(join(folder, 'arrays'), images), {})),
      ...(await throughAll(folder, 'few arrays', arraysOf(join(folder, 'few'), 1000), {})),
      ...(await throughAll(
        folder,
        'JPEG folder',
        picturesOf(join(folder, 'pictures'), Math.round((images * imageBytes) / (224 * 224 * 3))),
        { size: '224x224' },
      )),
    ];
    const large = rows.filter(({ bytes }) => bytes > gigabyte / 2);
    const worst = Math.max(...large.map(({ peak }) => peak ?? 0));
    publish('data-memory', {
      title: 'Peak resident memory of the process that does it',
      table: [
        ['step', 'dataset', 'peak', 'peak / dataset', 'seconds'],
        ...rows.map(({ step, bytes, peak, seconds }) => [
          step,
          `${whole(bytes / 2 ** 20)} MiB`,
          peak === null ? '–' : `${whole(peak / 2 ** 20)} MiB`,
          peak === null ? '–' : (peak / bytes).toFixed(2),
          seconds.toFixed(1),
        ]),
      ],
      remarks: [`Largest: ${whole(worst / 2 ** 20)} MiB; ${worst < bound ? 'below' : 'ABOVE'} the bound of ${whole(bound / 2 ** 20)} MiB.`],
      figures: rows,
    });
    if (worst >= bound) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function throughAll(folder: string, name: string, source: string, options: Partial<DataOptions>): Promise<Row[]> {
  const staging = join(folder, `staging ${name}`);
  mkdirSync(staging);
  const watched = watching();
  const begun = performance.now();
  const task = { kind: 'dataset', source, options: DataOptions.parse(options), staging } as const;
  const { artifact, summary } = await runImporter(watched.spawn, task, importerLimits);
  const rows: Row[] = [
    { step: `import ${name}`, bytes: artifact.bytes, peak: watched.peak(), seconds: (performance.now() - begun) / 1000 },
  ];
  rmSync(source, { recursive: true });
  const model = join(staging, 'model.espalier');
  writeModelFile(model, initialise(linear(summary.sampleShape, summary.classes.length), 1));
  for (const step of ['train', 'evaluate'] as const) {
    const engine = watching();
    const start = performance.now();
    const workspace = join(staging, step);
    mkdirSync(workspace);
    const settings = TrainSettings.parse({ epochs: 1 });
    const run = runEngine(engine.spawn, {
      task:
        step === 'train'
          ? { kind: 'train', model, data: artifact.path, settings, exportTo: null }
          : { kind: 'evaluate', model, data: artifact.path },
      workspace,
      threads: availableParallelism(),
      hear: () => undefined,
    });
    const end = await run.ended;
    if (end.kind !== 'done') throw new Error(`${step}: ${JSON.stringify(end)}`);
    rows.push({ step: `${step} on ${name}`, bytes: artifact.bytes, peak: engine.peak(), seconds: (performance.now() - start) / 1000 });
  }
  rmSync(artifact.path);
  return rows;
}

/** Processes as the studio starts them, with an eye on their resident memory. */
function watching(): { spawn: ProcessSpawner; peak(): number | null } {
  const at = (path: string) => fileURLToPath(new URL(`../../src-main/${path}`, import.meta.url));
  const fork = forkSpawner({ engine: at('engine/main.ts'), importer: at('importer/main.ts') });
  let peak: number | null = null;
  return {
    peak: () => peak,
    spawn(entry, options) {
      const child = fork(entry, options);
      const timer = setInterval(() => {
        try {
          const line = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'));
          if (line !== null) peak = Math.max(peak ?? 0, Number(line[1]) * 1024);
        } catch {
          // It is gone, or the system has no /proc.
        }
      }, 50);
      child.onExit(() => clearInterval(timer));
      return child;
    },
  };
}

/** `x.npy` and `y.npy` of random bytes, written piece by piece. */
function arraysOf(folder: string, images: number): string {
  mkdirSync(folder);
  const random = createRandom(1, 0xda7a);
  const block = Uint32Array.from({ length: 2 ** 18 + 1 }, () => random.uint32());
  const write = (name: string, shape: number[], piece: (at: number) => Uint8Array): void => {
    const file = openSync(join(folder, name), 'w');
    writeSync(file, npyHeader('uint8', shape));
    for (let at = 0; at < images; at += 256)
      writeSync(file, piece(at).subarray(0, Math.min(256, images - at) * (shape.length === 1 ? 1 : imageBytes)));
    closeSync(file);
  };
  write('x.npy', [images, side, side, 3], (at) => {
    block[at % block.length] = at;
    return new Uint8Array(block.buffer, 4 * (at % 1000), 256 * imageBytes);
  });
  write('y.npy', [images], (at) => Uint8Array.from({ length: 256 }, (_, index) => (at + index) % 10));
  return folder;
}

function picturesOf(folder: string, images: number): string {
  const picture = resolve(import.meta.dirname, '../formats/image-fixtures/baseline.jpg');
  statSync(picture);
  for (const label of ['a', 'b']) mkdirSync(join(folder, label), { recursive: true });
  for (let at = 0; at < images; at++) copyFileSync(picture, join(folder, at % 2 === 0 ? 'a' : 'b', `${at}.jpg`));
  return folder;
}

function linear(sampleShape: readonly number[], units: number) {
  return {
    class_name: 'Sequential' as const,
    config: {
      name: 'linear',
      layers: [
        { class_name: 'InputLayer', config: { name: 'input', batch_input_shape: [null, ...sampleShape], dtype: 'float32' } },
        { class_name: 'Flatten', config: { name: 'flatten' } },
        { class_name: 'Dense', config: { name: 'answer', units, activation: 'softmax', use_bias: true } },
      ],
    },
  };
}
