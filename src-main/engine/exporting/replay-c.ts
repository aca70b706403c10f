// C sources: compiled and run where there is a compiler, else worked out from the same plan in Espalier's own arithmetic, and said so.
import { execFile, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { StudioError } from '#contract/errors.ts';
import { lowerModel } from '#formats/lowering/lower-model.ts';
import { shapeIn } from '#formats/lowering/plain-network.ts';
import { runPlain } from '#formats/lowering/run-plain.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import type { WorkContext } from '../work-context.ts';
import type { Samples } from '../data/samples.ts';
import { oneByOne, sampleOf, type Replay } from './replay.ts';
import type { Written } from './write-format.ts';

const run = promisify(execFile);
/** As the handbook tells users to compile: nothing may even be warned of. */
const flags = ['-std=c99', '-Wall', '-Werror', '-O2'];

/** @throws StudioError `internal` where the compiler refuses the source or the source's own self-check fails */
export async function replayC(context: WorkContext, artifact: ModelArtifact, { entry }: Written): Promise<Replay> {
  const network = lowerModel(artifact);
  const layers = (inputs: readonly Samples[]): ReadonlyMap<string, Float32Array> => runPlain(network, named(sampleOf(inputs, 0)));
  const named = (sample: readonly Float32Array[]) => new Map(network.inputs.map((name, index) => [name, sample[index]!] as const));
  const compiler = await findCompiler();
  if (compiler === undefined) {
    return {
      runtime: 'Espalier’s own arithmetic; no C compiler was found',
      speed: 2e8,
      step: 0,
      answer: (inputs) =>
        oneByOne(context, inputs, (sample) => {
          const tensors = runPlain(network, named(sample));
          return network.outputs.map((output) => tensors.get(output)!);
        }),
      layers,
      dispose: () => undefined,
    };
  }
  const name = basename(entry, '.c');
  const folder = join(dirname(entry), '.compiled');
  mkdirSync(folder, { recursive: true });
  const compile = async (output: string, ...given: string[]): Promise<string> => {
    const program = join(folder, output);
    await attempt(`${compiler.command} refuses the exported source`, () =>
      run(compiler.command, [...flags, `-I${dirname(entry)}`, ...given, '-o', program, '-lm'], { timeout: 600_000 }),
    );
    return program;
  };
  const check = await compile('self-check', '-DSELF_CHECK', entry);
  await attempt("The exported source's self-check fails", () => run(check, { timeout: 600_000 }));
  const sizes = (ends: readonly string[]): number[] =>
    ends.map((tensor) => shapeIn(network, tensor).reduce((product, length) => product * length, 1));
  const [given, answered] = [sizes(network.inputs), sizes(network.outputs)];
  const driver = join(folder, 'driver.c');
  writeFileSync(driver, driverSource(name, given, answered));
  const program = await compile('driver', driver, entry);
  return {
    runtime: `C99, compiled by ${compiler.name}`,
    speed: 1e9,
    step: 0,
    async answer(inputs) {
      const count = inputs[0]?.shape[0] ?? 0;
      const asked = Buffer.concat(
        Array.from({ length: count }, (_, at) => sampleOf(inputs, at).map((part) => Buffer.from(part.slice().buffer))).flat(),
      );
      const said = await piped(context, program, asked);
      const whole = new Float32Array(said.buffer.slice(said.byteOffset, said.byteOffset + said.byteLength));
      const stride = answered.reduce((sum, size) => sum + size, 0);
      if (whole.length !== stride * count) throw new StudioError('internal', 'The compiled source ended before it had answered.');
      let start = 0;
      return answered.map((size) => {
        const result = new Float32Array(size * count);
        for (let at = 0; at < count; at++) result.set(whole.subarray(at * stride + start, at * stride + start + size), at * size);
        start += size;
        return result;
      });
    },
    layers,
    dispose: () => undefined,
  };
}

/** The first of CC, cc, gcc and clang that answers; its first line says what it is. */
async function findCompiler(): Promise<{ readonly command: string; readonly name: string } | undefined> {
  for (const command of [process.env['CC'] ?? '', 'cc', 'gcc', 'clang'].filter((word) => /^[\w./+-]+$/.test(word))) {
    try {
      const { stdout } = await run(command, ['--version'], { timeout: 10_000 });
      return { command, name: stdout.split('\n')[0]!.trim().slice(0, 80) || command };
    } catch {
      // The next one, then.
    }
  }
  return undefined;
}

/** Reads samples as raw floats and writes the answers as such. */
function driverSource(name: string, inputs: readonly number[], outputs: readonly number[]): string {
  const arrays = [
    ...inputs.map((size, index) => `static float input_${index}[${size}];`),
    ...outputs.map((size, index) => `static float output_${index}[${size}];`),
  ];
  const passed = [...inputs.map((_, index) => `input_${index}`), ...outputs.map((_, index) => `output_${index}`)];
  return `#include <stdio.h>
#include "${name}.h"
${arrays.join('\n')}
int main(void) {
  for (;;) {
${inputs.map((size, index) => `    if (fread(input_${index}, sizeof(float), ${size}, stdin) != ${size}) return 0;`).join('\n')}
    ${name}_run(${passed.join(', ')});
${outputs.map((size, index) => `    if (fwrite(output_${index}, sizeof(float), ${size}, stdout) != ${size}) return 1;`).join('\n')}
  }
}
`;
}

/** What a program writes when it is fed so; it is ended with the work. @throws Interrupted */
async function piped({ interruption }: WorkContext, program: string, fed: Buffer): Promise<Buffer> {
  const child = spawn(program, { stdio: ['pipe', 'pipe', 'ignore'] });
  const parts: Buffer[] = [];
  const ended = new Promise<void>((resolve, reject) => child.on('close', () => resolve()).on('error', reject));
  child.stdout.on('data', (part: Buffer) => parts.push(part));
  child.stdin.on('error', () => undefined);
  child.stdin.end(fed);
  let done = false;
  void ended.then(
    () => (done = true),
    () => (done = true),
  );
  try {
    while (!done) {
      await Promise.race([ended, new Promise((resume) => setTimeout(resume, 100))]);
      await interruption.breathe();
    }
  } finally {
    if (!done) child.kill('SIGKILL');
  }
  await ended;
  return Buffer.concat(parts);
}

async function attempt(what: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    const said = cause instanceof Error && 'stderr' in cause ? String(cause.stderr) || ('stdout' in cause ? String(cause.stdout) : '') : '';
    const line = said.split('\n').find((each) => /error|wrong|difference/i.test(each)) ?? said.split('\n')[0] ?? '';
    throw new StudioError('internal', `${what}: ${line.replace(/^.*?\.c:/, 'line ').slice(0, 300)}`, {
      whatToDo: 'Please report this.',
      cause,
    });
  }
}
