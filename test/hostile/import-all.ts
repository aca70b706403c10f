// Run by itself: does the importer's tasks of a JSON file one after another, as the importer's thread does each, and prints what came of it.
// node import-all.ts TASKS.json [DEED…]: a deed is something that no import may do, so that who watches can show that it would be seen.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { StudioError } from '#contract/errors.ts';
import { ImporterTask } from '#contract/importer-messages.ts';
import { runImporterTask } from '#main/importer/run-importer-task.ts';

export interface Outcome {
  /** `done`, or the code of the refusal. */
  readonly code: string;
  readonly seconds: number;
}
export interface Outcomes {
  readonly outcomes: readonly Outcome[];
  /** The most memory that the process had resident. */
  readonly residentMb: number;
}

const [list = '', ...deeds] = process.argv.slice(2);
const tasks: unknown = JSON.parse(readFileSync(list, 'utf8'));
const outcomes: Outcome[] = [];
for (const task of Array.isArray(tasks) ? tasks : []) {
  const began = performance.now();
  const code = await runImporterTask(ImporterTask.parse(task)).then(
    () => 'done',
    (thrown: unknown) => StudioError.from(thrown).code,
  );
  outcomes.push({ code, seconds: (performance.now() - began) / 1000 });
}
for (const deed of deeds) {
  const [what, subject = ''] = deed.split('=');
  if (what === 'write') writeFileSync(subject, 'x');
  else if (what === 'read') readFileSync(subject);
  else if (what === 'run') execFileSync(subject);
  else await new Promise((done) => connect(9, '127.0.0.1').once('error', done).once('connect', done));
}
const said: Outcomes = { outcomes, residentMb: process.resourceUsage().maxRSS / 1024 };
process.stdout.write(`${JSON.stringify(said)}\n`);
