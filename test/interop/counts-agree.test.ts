// Parameters and multiply-accumulates of ten networks: Espalier's count beside Keras's own and TensorFlow's profiler's.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { readModel } from '#formats/read-model.ts';
import { ensurePython } from '#main/setup/python-environment.ts';
import { summariseNetwork } from '#network/summarise.ts';

test('ten networks: parameters as Keras counts them but for the constants of Normalization layers, MACs as the profiler does', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'counts-'));
  try {
    const python = await ensurePython(resolve(import.meta.dirname, 'requirements.txt'), (line) => context.diagnostic(line));
    const lines = execFileSync(python, [resolve(import.meta.dirname, 'count-macs.py'), folder], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const counted = lines
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { name: string; parameters: number; constants: number; macs: number });
    assert.equal(counted.length, 10);
    const differing: string[] = [];
    for (const { name, parameters, constants, macs } of counted) {
      const own = summariseNetwork((await readModel(join(folder, `${name}.keras`))).artifact);
      context.diagnostic(
        `${name.padEnd(18)} parameters ${String(own.parameters).padStart(10)} (Keras ${String(parameters).padStart(10)}${constants === 0 ? '' : `, of which ${constants} constants of Normalization`})  MACs ${String(own.macs).padStart(12)} (profiler ${String(macs).padStart(12)})`,
      );
      if (own.parameters !== parameters - constants || own.macs !== macs) differing.push(name);
    }
    assert.deepEqual(differing, []);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
