// The models of the zoo and the answers of those who made them: made once by Python, kept in the cache, keyed by the scripts.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from '#main/setup/cache-folder.ts';
import { ensurePython } from '#main/setup/python-environment.ts';

const run = promisify(execFile);
const scripts = {
  keras3: ['make-keras-models.py', 'keras'],
  keras2: ['make-keras-models.py', 'tf_keras'],
  torch: ['make-torch-models.py'],
  others: ['make-other-onnx.py'],
} as const;
/** Networks that the fixtures of the unit tests have too. */
const shared = '../formats/onnx-fixtures/op_networks.py';
export type ZooMaker = keyof typeof scripts;

export interface ZooModel {
  readonly name: string;
  readonly file: string;
  /** A .npz of in0, in1, … and out0, out1, …. */
  readonly answers: string;
  readonly layers: number;
  /** Why its maker could not make it. */
  readonly fault: string | undefined;
}

export function zooPython(report: (line: string) => void): Promise<string> {
  return ensurePython(resolve(import.meta.dirname, '../interop/requirements.txt'), report);
}

/** @param ESPALIER_ZOO a folder of models made before, in the environment. */
export async function makeZoo(python: string, makers: readonly ZooMaker[], report: (line: string) => void): Promise<readonly ZooModel[]> {
  const folders = makers.map(async (maker) => {
    const [script, ...more] = scripts[maker];
    const hash = createHash('sha256');
    for (const file of [script, ...(maker === 'torch' ? [shared] : [])]) hash.update(readFileSync(join(import.meta.dirname, file)));
    const folder = join(process.env['ESPALIER_ZOO'] ?? join(cacheFolder(), `zoo-${hash.digest('hex').slice(0, 12)}`), maker);
    const complete = join(folder, 'complete');
    if (!existsSync(complete)) {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true });
      report(`Making the models of the zoo: ${maker} (a minute or two, once)`);
      await run(python, [join(import.meta.dirname, script), ...more, folder], { maxBuffer: 2 ** 28 });
      mkdirSync(complete);
    }
    return listed(folder);
  });
  return (await Promise.all(folders)).flat();
}

interface Line {
  readonly name: string;
  readonly files?: readonly string[];
  readonly layers?: number;
  readonly fault?: string;
}

function listed(folder: string): ZooModel[] {
  const index = join(folder, 'index.jsonl');
  if (!existsSync(index)) return [];
  const lines = readFileSync(index, 'utf8').trim().split('\n');
  return lines.flatMap((text) => {
    const { name, files, layers, fault }: Line = JSON.parse(text);
    return (files ?? [`${name} (not made)`]).map((file): ZooModel => {
      const own = join(folder, `${file.replace(/\.[^.]*$/, '')}.npz`);
      const answers = existsSync(own) ? own : join(folder, `${name}.npz`);
      return { name, file: join(folder, file), answers, layers: layers ?? 0, fault };
    });
  });
}
