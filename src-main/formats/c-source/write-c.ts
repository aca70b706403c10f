// Writes a network as one header and one source of C99 that need nothing else: no library, no memory but their own.
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { z } from 'zod';
import { StudioError } from '#contract/errors.ts';
import type { ExportedFile } from '#contract/nouns.ts';
import type { ModelArtifact, NamedTensor } from '#network/model-artifact.ts';
import { createRandom } from '#network/random.ts';
import { diskError } from '#main/files/disk-error.ts';
import { writeFileDurably } from '#main/files/durable-write.ts';
import { lowerModel } from '../lowering/lower-model.ts';
import { shapeIn, type PlainNetwork } from '../lowering/plain-network.ts';
import { runPlain } from '../lowering/run-plain.ts';
import { headerSource, mainSource } from './c-files.ts';
import { emitCalls } from './emit-calls.ts';
import { planArena } from './plan-arena.ts';

/** A sample for each of the network's inputs, and what it must answer, output by output. */
export interface TestVector {
  readonly inputs: readonly Float32Array[];
  readonly outputs: readonly Float32Array[];
}

export interface CSettings {
  /** Prefix of all that the header declares, and of the files' names; from the model's name if left out. */
  readonly name?: string | undefined;
  /** For the self-check; found by Espalier's own arithmetic if left out. */
  readonly vectors?: readonly TestVector[] | undefined;
}

/** Written out in digits that is some 100 MB of text, as much as a compiler takes; devices have less. */
const mostBytes = 32 * 1024 ** 2;

const reserved = new Set(
  (
    'auto break case char const continue default do double else enum extern float for goto if inline int long register ' +
    'restrict return short signed sizeof static struct switch typedef union unsigned void volatile while main arena window_t class new delete template'
  ).split(' '),
);

/**
 * `NAME.h` declares `void NAME_run(const float *input_0, …, float *output_0, …)`; `NAME.c` with -DSELF_CHECK is a program that compares
 * its answers with the vectors. Weights are constants, activations lie in one static array; neither is shared between threads.
 * @returns the source first, then the header.
 * @throws StudioError `unsupported` naming the layer, `bad-input` for a name that C can't have, `over-limit`, `disk-full`, `disk-error`.
 */
export function writeC(folder: string, model: ModelArtifact, settings: CSettings = {}): z.infer<typeof ExportedFile>[] {
  const name = settings.name ?? identifier(model.topology.config.name);
  const { header, source } = cSource(model, name, settings.vectors);
  const target = resolve(folder);
  try {
    mkdirSync(target, { recursive: true });
  } catch (thrown) {
    throw diskError(thrown, target, 0);
  }
  const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
  const files = [
    writeFileDurably(join(target, `${name}.c`), [encode(source)]),
    writeFileDurably(join(target, `${name}.h`), [encode(header)]),
  ];
  return files.map(({ path, bytes }) => ({ path, bytes }));
}

export function cSource(
  model: ModelArtifact,
  name: string,
  given?: readonly TestVector[],
): { readonly header: string; readonly source: string; readonly flashBytes: number; readonly ramBytes: number } {
  if (!/^[A-Za-z]\w{0,62}$/.test(name) || reserved.has(name)) {
    throw new StudioError('bad-input', `"${name.slice(0, 80)}" is no name that C can have.`, {
      where: 'name',
      whatToDo: 'Use letters, digits and underscores, a letter first.',
    });
  }
  const bytes = 4 * model.weights.reduce((sum, tensor) => sum + nonzeros(tensor), 0);
  if (bytes > mostBytes) {
    throw new StudioError(
      'over-limit',
      `Its weights take ${bytes} bytes without their zeros; as C source at most ${mostBytes} are written.`,
      {
        where: model.topology.config.name,
        whatToDo: 'Prune or compact the network further, or export it as TensorFlow Lite.',
      },
    );
  }
  const network = lowerModel(model);
  const plan = planArena(network);
  const program = emitCalls(network, plan);
  const facts = {
    name,
    network,
    metadata: model.metadata,
    program,
    vectors: given ?? ownVectors(network),
    flashBytes: program.constants.reduce((sum, { bytes }) => sum + bytes, 0),
    ramBytes: Math.max(plan.size, 1) * 4,
  };
  return { header: headerSource(facts), source: mainSource(facts), flashBytes: facts.flashBytes, ramBytes: facts.ramBytes };
}

/** Four samples of thousandths between −1 and 1, short to write; two where a sample is large. */
function ownVectors(network: PlainNetwork): TestVector[] {
  const random = createRandom(1, 0);
  const sizes = network.inputs.map((input) => shapeIn(network, input).reduce((product, length) => product * length, 1));
  const count = Math.max(...sizes) > 4096 ? 2 : 4;
  return Array.from({ length: count }, () => {
    const inputs = sizes.map((length) => Float32Array.from({ length }, () => Math.round(random.uniform(-1000, 1000)) / 1000));
    const tensors = runPlain(network, new Map(network.inputs.map((input, index) => [input, inputs[index]!])));
    return { inputs, outputs: network.outputs.map((output) => tensors.get(output)!) };
  });
}

function identifier(name: string): string {
  const plain = name
    .replaceAll(/\W+/g, '_')
    .replace(/^[^A-Za-z]+/, '')
    .slice(0, 60);
  return plain === '' || reserved.has(plain) ? `network_${plain}` : plain;
}

function nonzeros({ data }: NamedTensor): number {
  let count = 0;
  for (const value of data) if (value !== 0) count++;
  return count;
}
