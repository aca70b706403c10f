// The far process for tests: speaks as an engine does, counts instead of training, and misbehaves as FAR_MANNERS tells it.
import { createHash } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { ToEngine, type EngineResult, type FromEngine } from '#contract/engine-messages.ts';
import { summary } from './example-nouns.ts';

const manners = new Set((process.env['FAR_MANNERS'] ?? '').split(' '));
const steps = Number(process.env['FAR_STEPS'] ?? '40');
const stepMs = Number(process.env['FAR_STEP_MS'] ?? '2');
const environment = {
  tensorflow: '2.21.0',
  threads: Number(process.env['TF_NUM_INTRAOP_THREADS']),
  oneDnn: true,
  kernels: false,
  host: 'far',
};
let wish: 'pause' | 'cancel' | undefined;

if (!manners.has('outlives-host')) process.on('disconnect', () => process.exit(0));
process.on('message', (message) => {
  const heard = ToEngine.parse(message);
  if (heard.kind === 'start') void work(heard);
  else wish = heard.kind;
});
if (!manners.has('silent')) setInterval(() => say({ kind: 'alive' }), 200);
else setInterval(() => undefined, 1000);

async function work({ task, workspace }: Extract<ToEngine, { kind: 'start' }>): Promise<void> {
  say({ kind: 'ready', environment });
  if (manners.has('silent')) return;
  const checkpoint = join(workspace, 'checkpoint.json');
  let step = existsSync(checkpoint) ? Number(readFileSync(checkpoint, 'utf8')) : 0;
  if (step > 0) say({ kind: 'resumed', step, differs: [] });
  while (step < steps) {
    await new Promise((resume) => setTimeout(resume, stepMs));
    if (wish === 'pause' && !manners.has('ignores')) return last({ kind: 'paused', step: keep(checkpoint, step) });
    if (wish === 'cancel' && !manners.has('ignores')) return last({ kind: 'cancelled' });
    step += 1;
    const points = [{ kind: 'step' as const, step, epoch: step / 10, loss: 1 / step, accuracy: 1 - 1 / step, rate: 0.001, sparsity: 0 }];
    say({
      kind: 'progress',
      points,
      progress: {
        phase: 'training',
        step,
        steps,
        epoch: Math.floor(step / 10),
        epochs: steps / 10,
        secondsLeft: null,
        imagesPerSecond: null,
      },
    });
    if (step % 10 === 0) say({ kind: 'checkpoint', step: keep(checkpoint, step) });
    if (step === 25 && manners.has('dies')) process.kill(process.pid, 'SIGKILL');
    if (step === 25 && manners.has('stops')) process.kill(process.pid, 'SIGSTOP');
    if (step === 25 && manners.has('babbles')) process.send?.({ kind: 'weather', sunny: true });
    if (step === 25 && manners.has('disk-full'))
      return last({ kind: 'failed', problem: { code: 'disk-full', message: 'The disk is full.' } });
    if (step === 25 && manners.has('diverges'))
      return last({ kind: 'failed', problem: { code: 'diverged', message: 'The loss became infinite.' } });
  }
  last({ kind: 'done', result: answer(task.kind, workspace, task) });
}

function answer(kind: string, workspace: string, task: Extract<ToEngine, { kind: 'start' }>['task']): EngineResult {
  const evaluation = {
    loss: 0.1,
    accuracy: 0.98,
    topK: { 5: 0.999 },
    perClass: [],
    trainAccuracy: 0.99,
    validationAccuracy: null,
    gap: 0.01,
    samples: 100,
  };
  const latency = {
    p50: 1,
    p95: 2,
    mean: 1.1,
    runs: 100,
    batch: 1,
    threads: environment.threads,
    runtime: 'tensorflow',
    runtimeVersion: '2.21.0',
    host: 'far',
  };
  const common = { evaluation, latency, epochs: [], keptEpoch: null, seconds: 1, exported: null, environment };
  const scored = { ...summary, accuracy: 0.9, loss: 0.2 };
  switch (task.kind) {
    case 'train':
      return {
        kind: 'train',
        artifact: stage(workspace, task),
        summary,
        test: { loss: 0.1, accuracy: 0.98 },
        imagesPerSecond: 10,
        ...common,
      };
    case 'prune':
      return {
        ...common,
        kind: 'prune',
        artifact: stage(workspace, task),
        summary,
        evaluation: { ...evaluation, samples: 8, right: 'Bw==' },
        before: { ...scored, right: 'Dw==' },
        pruned: scored,
        after: scored,
        recipe: task.recipe,
        groups: [],
        rounds: [],
        floor: null,
        skipped: [],
        certificate: null,
      };
    case 'evaluate':
      return { kind: 'evaluate', environment, ...evaluation, accuracy: 0.97 };
    case 'probe':
      throw new Error('the far engine times nothing');
    case 'sensitivity':
      return {
        kind: 'sensitivity',
        environment,
        settings: task.settings,
        baseline: { accuracy: 0.98, loss: 0.1 },
        split: 'validation',
        samples: 100,
        layers: [],
        plans: [],
        seconds: 1 + Math.random(),
      };
    case 'measure':
      return { kind: 'measure', environment, ...latency, p50: 3 };
    case 'export':
      writeFileSync(task.exportTo.path, 'exported');
      return {
        kind: 'export',
        files: [{ path: task.exportTo.path, bytes: 8 }],
        certificate: {
          runtime: 'a stand-in',
          samples: 1,
          inputs: 'random',
          maxDifference: 0,
          tolerance: 0,
          firstDivergingLayer: null,
          top1Agreement: null,
          verdict: 'equal',
        },
        accuracy: null,
        arenaBytes: null,
        flashBytes: null,
      };
    case 'try':
      return { kind: 'try', samples: 32, right: 30, loss: 0.1 };
    case 'predict':
      throw new Error(`${kind} is no job`);
  }
}

function stage(workspace: string, task: object): { path: string; sha256: string; bytes: number } {
  const bytes = Buffer.from(`weights of ${JSON.stringify(task)}`);
  const path = join(workspace, 'result.esp');
  const file = openSync(path, 'w');
  writeSync(file, bytes);
  fsyncSync(file);
  closeSync(file);
  return { path, sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length };
}

function keep(checkpoint: string, step: number): number {
  writeFileSync(checkpoint, String(step));
  return step;
}

function say(message: FromEngine): void {
  process.send?.(message, () => undefined);
}

function last(message: FromEngine): void {
  process.send?.(message, () => {
    if (!manners.has('lingers')) process.exit(0);
  });
}
