// Counter-based random numbers: the n-th number is a function of seed, stream and n, so a checkpoint only stores n.

// Philox4x32-10: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
const multiplier0 = 0xd2511f53;
const multiplier1 = 0xcd9e8d57;
const weyl0 = 0x9e3779b9; // the golden ratio
const weyl1 = 0xbb67ae85; // √3 − 1

/** Where a generator stands; feeding it back to `createRandom` goes on from there. */
export interface RandomState {
  readonly seed: number;
  readonly stream: number;
  readonly substream: number;
  /** 32-bit words drawn so far. */
  readonly drawn: number;
}

export interface Random {
  readonly state: RandomState;
  /** An integer from 0 to 2³² − 1. */
  uint32(): number;
  /** An integer from 0 to below `limit` (1 … 2³²), each equally likely. */
  below(limit: number): number;
  /** A number from `low` (0) to below `high` (1). */
  uniform(low?: number, high?: number): number;
  /** A standard normal number, by Box and Muller's method; always draws two words. */
  normal(): number;
}

/** Independent sequences for each seed, stream (what it is for) and substream (an epoch, say); all three are taken modulo 2³². */
export function createRandom(seed: number, stream: number, from: { readonly substream?: number; readonly drawn?: number } = {}): Random {
  const key = [seed >>> 0, stream >>> 0] as const;
  const substream = (from.substream ?? 0) >>> 0;
  const block = new Uint32Array(4);
  let drawn = from.drawn ?? 0;
  let blockAt = -1;

  function uint32(): number {
    const at = Math.floor(drawn / 4);
    if (at !== blockAt) {
      philox([at >>> 0, Math.floor(at / 2 ** 32), substream, 0], key, block);
      blockAt = at;
    }
    return block[drawn++ % 4]!;
  }

  function below(limit: number): number {
    // The words beyond the last whole multiple of the limit would favour small numbers, so they are drawn again.
    const fair = 2 ** 32 - (2 ** 32 % limit);
    let word = uint32();
    while (word >= fair) word = uint32();
    return word % limit;
  }

  const uniform = (low = 0, high = 1): number => low + (high - low) * (uint32() / 2 ** 32);

  function normal(): number {
    const radius = Math.sqrt(-2 * Math.log((uint32() + 1) / 2 ** 32));
    return radius * Math.cos((2 * Math.PI * uint32()) / 2 ** 32);
  }

  return {
    get state() {
      return { seed: key[0], stream: key[1], substream, drawn };
    },
    uint32,
    below,
    uniform,
    normal,
  };
}

const shuffleStream = 0x5f5f; // apart from the streams of initialisation, which count tensors from 0

/** The order in which an epoch takes its samples: Fisher and Yates's shuffle of 0 … count − 1, the same for the same seed and epoch. */
export function shuffledOrder(count: number, seed: number, epoch: number): Uint32Array {
  const random = createRandom(seed, shuffleStream, { substream: epoch });
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = random.below(last + 1);
    const kept = order[last]!;
    order[last] = order[other]!;
    order[other] = kept;
  }
  return order;
}

/** One block of four words into `out`: ten rounds over a 128-bit counter with a 64-bit key. */
export function philox(counter: readonly [number, number, number, number], key: readonly [number, number], out: Uint32Array): void {
  let [word0, word1, word2, word3] = counter;
  let [key0, key1] = key;
  for (let round = 0; round < 10; round++) {
    const high0 = highWord(multiplier0, word0);
    const low0 = Math.imul(multiplier0, word0);
    const high1 = highWord(multiplier1, word2);
    const low1 = Math.imul(multiplier1, word2);
    word0 = (high1 ^ word1 ^ key0) >>> 0;
    word2 = (high0 ^ word3 ^ key1) >>> 0;
    word1 = low1 >>> 0;
    word3 = low0 >>> 0;
    key0 = (key0 + weyl0) >>> 0;
    key1 = (key1 + weyl1) >>> 0;
  }
  out[0] = word0;
  out[1] = word1;
  out[2] = word2;
  out[3] = word3;
}

/** The upper 32 bits of a 64-bit product, by 16-bit halves, as JavaScript's numbers hold 53 bits. */
function highWord(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const carry = aLow * bHigh + (middle % 0x10000);
  return aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(carry / 0x10000);
}

/** FNV-1a, 32 bits: a name as a number, for a sequence of its own. */
export function hashName(name: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(name, 'utf8')) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash | 0;
}
