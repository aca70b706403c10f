// The text of the generated header and source.
import type { JsonObject } from '#network/model-artifact.ts';
import { shapeIn, type PlainNetwork } from '../lowering/plain-network.ts';
import { comment, type CProgram } from './emit-calls.ts';
import { constantArray, floatLiteral } from './encode-weights.ts';
import { kernelSources } from './kernel-sources.ts';
import type { TestVector } from './write-c.ts';

export interface CFacts {
  readonly name: string;
  readonly network: PlainNetwork;
  readonly metadata: JsonObject;
  readonly program: CProgram;
  readonly vectors: readonly TestVector[];
  readonly flashBytes: number;
  readonly ramBytes: number;
}

/** Of the largest minus the smallest answer; compilers may fuse or reorder what they add. */
const tolerance = 1e-4;

function sizes(
  { network }: CFacts,
  ends: 'inputs' | 'outputs',
): readonly { readonly tensor: string; readonly shape: readonly number[]; readonly size: number }[] {
  return network[ends].map((tensor) => {
    const shape = shapeIn(network, tensor);
    return { tensor, shape, size: shape.reduce((product, length) => product * length, 1) };
  });
}

function signature(facts: CFacts): string {
  const inputs = facts.network.inputs.map((_, index) => `const float *input_${index}`);
  return `void ${facts.name}_run(${[...inputs, ...facts.network.outputs.map((_, index) => `float *output_${index}`)].join(', ')})`;
}

export function headerSource(facts: CFacts): string {
  const { name, network, flashBytes, ramBytes } = facts;
  const upper = name.toUpperCase();
  const ends = (['inputs', 'outputs'] as const).flatMap((which) =>
    sizes(facts, which).map(
      ({ tensor, shape, size }, index) =>
        `/* ${comment(tensor)}: ${shape.join(' x ')}, row by row, channels last. */\n#define ${upper}_${which === 'inputs' ? 'INPUT' : 'OUTPUT'}_${index}_SIZE ${size}`,
    ),
  );
  return `/* ${comment(network.name)}: a neural network as plain C99, written by Espalier.
${noted(facts.metadata)} */
#ifndef ${upper}_H
#define ${upper}_H

#ifdef __cplusplus
extern "C" {
#endif

${ends.join('\n')}
/* Constants: weights and where they belong; the code comes on top. */
#define ${upper}_FLASH_BYTES ${flashBytes}L
/* Static memory between the layers; inputs and outputs are the caller's. */
#define ${upper}_RAM_BYTES ${ramBytes}L

/* One sample. Outputs must not overlap inputs; not to be run by two threads at once. */
${signature(facts)};

#ifdef __cplusplus
}
#endif

#endif
`;
}

/** How the network came to be, as JSON; nothing that would end the comment, begin another one, or be a trigraph. */
function noted(metadata: JsonObject): string {
  return JSON.stringify(metadata, null, 1)
    .replaceAll(/[^\n -~]/g, '_')
    .replaceAll('*/', '* /')
    .replaceAll('/*', '/ *')
    .replaceAll('??', '? ?')
    .slice(0, 65_536);
}

export function mainSource(facts: CFacts): string {
  const { name, program } = facts;
  const upper = name.toUpperCase();
  const kernels = Object.entries(kernelSources)
    .filter(([key]) => program.kernels.has(key))
    .map(([, { source }]) => source);
  const held = program.constants.map((constant) => `sizeof(${constant.name})`).join(' + ') || '0';
  return `/* Compile: cc -std=c99 -O2 -c ${name}.c; self-check: cc -std=c99 -O2 -DSELF_CHECK ${name}.c -lm && ./a.out */
#include "${name}.h"
#include <math.h>

static float arena[${upper}_RAM_BYTES / 4];

${program.constants.map(({ source }) => source).join('\n')}
/* What the header says is what there is. */
typedef char flash_bytes_are_right[(${held}) == ${upper}_FLASH_BYTES ? 1 : -1];
typedef char ram_bytes_are_right[sizeof(arena) == ${upper}_RAM_BYTES ? 1 : -1];

${[...kernels, ...program.activations].join('\n')}
${signature(facts)} {
${program.calls.length === 0 || !program.calls.some((call) => /\barena\b/.test(call)) ? '  (void)arena;\n' : ''}${program.calls.map((call) => `  ${call}`).join('\n')}
}
${selfCheck(facts)}`;
}

function selfCheck(facts: CFacts): string {
  const { name, vectors } = facts;
  const [inputs, outputs] = [sizes(facts, 'inputs'), sizes(facts, 'outputs')];
  const whole = (parts: readonly Float32Array[]): string[] => parts.flatMap((part) => Array.from(part, floatLiteral));
  const arrays = [
    ...inputs.map((_, index) => constantArray('float', `given_${index}`, whole(vectors.map((vector) => vector.inputs[index]!)))),
    ...outputs.map((_, index) => constantArray('float', `wanted_${index}`, whole(vectors.map((vector) => vector.outputs[index]!)))),
    ...outputs.map(({ size }, index) => `static float answer_${index}[${size}];\n`),
  ];
  const call = [
    ...inputs.map(({ size }, index) => `given_${index} + vector * ${size}L`),
    ...outputs.map((_, index) => `answer_${index}`),
  ].join(', ');
  return `
#ifdef SELF_CHECK
#include <stdio.h>

${arrays.join('\n')}
static float least = HUGE_VALF, most = -HUGE_VALF, apart = 0.0f;

static void compare(const float *answer, const float *wanted, long count) {
  for (long n = 0; n < count; n++) {
    const float difference = fabsf(answer[n] - wanted[n]);
    if (!(difference <= apart)) apart = difference;
    if (wanted[n] < least) least = wanted[n];
    if (wanted[n] > most) most = wanted[n];
  }
}

int main(void) {
  float range, largest;
  for (long vector = 0; vector < ${vectors.length}; vector++) {
    ${name}_run(${call});
${outputs.map(({ size }, index) => `    compare(answer_${index}, wanted_${index} + vector * ${size}L, ${size});`).join('\n')}
  }
  range = most > least ? most - least : 1.0f;
  printf("${vectors.length} vectors, largest difference %g of the range %g\\n", (double)(apart / range), (double)range);
  /* All answers may be nearly the same: then no more is asked than float can give. */
  largest = fabsf(most) > fabsf(least) ? fabsf(most) : fabsf(least);
  if (apart <= ${tolerance}f * range || apart <= 1e-6f * largest) return 0;
  printf("The answers are wrong.\\n");
  return 1;
}
#endif
`;
}
