// How long a user waits: for the help, for what is in a model, and from `train` or a click on it to the first step that is seen.
import { spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { TrainSettings } from '#contract/recipe.ts';
import { openStudio } from '#main/compose-studio.ts';
import { scratchFolder } from './data.ts';
import { publish } from './results.ts';

const launcher = resolve(import.meta.dirname, '../../src-main/espalier.mjs');
const RUNS = 5;

interface Wait {
  readonly name: string;
  readonly args: readonly string[];
  /** Ends the wait as soon as it is printed; the command's end, where there is none. */
  readonly until?: RegExp;
  /** Seconds. */
  readonly target: number | null;
}

const waits: readonly Wait[] = [
  { name: 'espalier --help', args: ['--help'], target: 0.25 },
  { name: 'espalier inspect lenet-5', args: ['inspect', 'lenet-5', '--json'], target: null },
  {
    name: 'espalier train cnn-small, to the first progress',
    args: ['train', 'cnn-small', '--data', 'mnist', '--epochs', '1', '--out', 'out.keras'],
    until: /cnn-small: /,
    target: null,
  },
  {
    name: 'espalier train cnn-small, to the first steps',
    args: ['train', 'cnn-small', '--data', 'mnist', '--epochs', '1', '--out', 'out.keras'],
    until: /images\/s/,
    target: null,
  },
];

export async function bench(): Promise<void> {
  const folder = scratchFolder();
  try {
    const rows: { wait: Pick<Wait, 'name' | 'target'>; seconds: number[] }[] = [...waits, ...clicks].map((wait) => ({ wait, seconds: [] }));
    for (let run = 0; run < RUNS; run++) {
      for (const [at, wait] of waits.entries()) rows[at]!.seconds.push(await timeOnce(wait, join(folder, `${run}`)));
    }
    const clicked = await timeClicks(join(folder, 'studio'));
    clicks.forEach((_, at) => rows[waits.length + at]!.seconds.push(...clicked.map((click) => click[at]!)));
    publish('start', {
      title: 'Waiting times, seconds',
      table: [
        ['command', 'best', 'median', 'worst', 'target'],
        ...rows.map(({ wait, seconds }) => {
          const sorted = seconds.toSorted((a, b) => a - b);
          return [
            wait.name,
            ...[0, Math.floor(RUNS / 2), RUNS - 1].map((at) => sorted[at]!.toFixed(2)),
            wait.target === null ? '' : `${sorted[0]! <= wait.target ? 'within' : 'over'} ${wait.target}`,
          ];
        }),
      ],
      remarks: [
        'Commands: each in a home of its own. Progress is read on a terminal, where it is drawn ten times a second.',
        'Clicks: in one open studio with the sample project, each train job cancelled once it has told of steps.',
      ],
      figures: rows,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What a click on Train is timed to, in the order of `timeClicks`. */
const clicks = [
  { name: 'a click on Train, cnn-small, to the first progress', target: 3 },
  { name: 'a click on Train, cnn-small, to the first steps', target: 3 },
] as const;

/** Seconds from each of `RUNS` calls to the first event of its job that tells of progress, and to the first that tells of steps. */
async function timeClicks(home: string): Promise<(readonly [number, number])[]> {
  const studio = await openStudio({ home, door: 'command' });
  try {
    const { id } = await studio.client.projects.createSample({});
    const { variants, datasets } = await studio.client.projects.open({ id });
    const variantId = variants.find(({ name }) => name.includes('cnn-small'))!.id;
    const times: (readonly [number, number])[] = [];
    for (let run = 0; run < RUNS; run++) {
      const began = performance.now();
      let first: number | undefined;
      const steps = new Promise<number>((seen) => {
        const leave = studio.on('jobProgress', ({ progress }) => {
          first ??= performance.now();
          if ((progress?.step ?? 0) === 0) return;
          leave();
          seen(performance.now());
        });
      });
      const ended = new Promise<void>((done) => {
        const leave = studio.on('jobChanged', ({ job }) => {
          if (job.endedAt === null) return;
          leave();
          done();
        });
      });
      const order = { variantId, datasetId: datasets[0]!.id, settings: TrainSettings.parse({ epochs: 2 }) };
      const { id: jobId } = await studio.client.jobs.train(order);
      const trained = await steps;
      times.push([(first! - began) / 1000, (trained - began) / 1000]);
      await studio.client.jobs.cancel({ id: jobId });
      await ended;
    }
    return times;
  } finally {
    await studio.close();
  }
}

async function timeOnce({ args, until }: Wait, home: string): Promise<number> {
  mkdirSync(home, { recursive: true });
  const began = performance.now();
  const [command, given] = onTerminal([process.execPath, launcher, ...args], until !== undefined);
  const child = spawn(command, given, {
    cwd: home,
    env: { ...process.env, ESPALIER_HOME: join(home, 'home') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  let seen: number | undefined;
  const look = (text: string) => {
    said += text;
    if (seen !== undefined || until === undefined || !until.test(said)) return;
    seen = performance.now();
    child.kill('SIGTERM');
  };
  child.stdout.setEncoding('utf8').on('data', look);
  child.stderr.setEncoding('utf8').on('data', look);
  const code = await new Promise<number | null>((done) => {
    child.on('error', () => done(null)).on('close', done);
  });
  const ended = performance.now();
  if (until === undefined ? code !== 0 : seen === undefined)
    throw new Error(`espalier ${args.join(' ')} ended with ${code}:\n${said.slice(-2000)}`);
  rmSync(home, { recursive: true, force: true });
  return ((seen ?? ended) - began) / 1000;
}

/** util-linux's `script` lends the command a terminal; elsewhere it does without. */
function onTerminal(command: readonly string[], wanted: boolean): [string, readonly string[]] {
  const quoted = command.map((part) => `'${part.replaceAll("'", "'\\''")}'`).join(' ');
  return wanted && process.platform === 'linux'
    ? ['script', ['-qec', `stty cols 120; exec ${quoted}`, '/dev/null']]
    : [command[0]!, command.slice(1)];
}
