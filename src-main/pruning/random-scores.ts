// Seeded chance, the same for a tensor or a group whatever else the network holds.
import { createRandom, hashName } from '#network/random.ts';

const STREAM = 0xc4a7; // apart from those of initialisation, shuffling and random inputs

/** Above 0 and up to 1 for each number, and 0 where it is zero already, so that a pruned network loses nothing else first. */
export function draws(seed: number, name: string, numbers: ArrayLike<number>): Float32Array {
  const random = createRandom(seed, STREAM, { substream: hashName(name) });
  return Float32Array.from(numbers, (number) => {
    const draw = (random.uint32() + 1) / 2 ** 32;
    return number === 0 ? 0 : draw;
  });
}
