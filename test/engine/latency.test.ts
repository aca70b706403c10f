// Latency by a real engine in both runtimes: what was asked for is what was run, and what it was run with is said.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resultOf, scratchFolder } from './run-engine.ts';
import { writeSmallModel } from './small-data.ts';

for (const runtime of ['tensorflow', 'onnxruntime'] as const) {
  test(`${runtime}: 20 runs of a batch of 3, p50 ≤ p95, with version, threads and host`, async () => {
    const workspace = scratchFolder();
    const task = { kind: 'measure', model: writeSmallModel(workspace), settings: { runtime, batch: 3, runs: 20 } } as const;
    const { result } = await resultOf(task, workspace);
    assert.ok(result.kind === 'measure');
    assert.deepEqual([result.runtime, result.batch, result.runs, result.threads], [runtime, 3, 20, 1]);
    assert.match(result.runtimeVersion, /^\d+\.\d+\.\d+/);
    assert.ok(result.p50 > 0 && result.p50 <= result.p95, `${result.p50} ≤ ${result.p95}`);
    assert.ok(result.host.length > 0);
  });
}
