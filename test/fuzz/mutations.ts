// How files are mutated: seeded, so that each round can be done again by its number.

/** mulberry32: small, seeded, the same everywhere. */
export function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** One to four of: a flipped bit, a truncation, a splice, a part twice, a length at an extreme, a token of the format, a byte one off or any. */
export function mutated(seed: Buffer, tokens: readonly Buffer[], random: (below: number) => number): Buffer {
  let bytes = Buffer.from(seed);
  for (let change = 0, changes = 1 + random(4); change < changes && bytes.length > 8; change++) {
    const at = random(bytes.length);
    switch (random(9)) {
      case 0:
        bytes[at] = bytes[at]! ^ (1 << random(8));
        break;
      case 1:
        bytes = bytes.subarray(0, at);
        break;
      case 2:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(random(bytes.length))]);
        break;
      case 3: {
        const end = Math.min(bytes.length, at + random(200));
        bytes = Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)]);
        break;
      }
      case 4:
        bytes.writeUInt32LE([0, 1, 0x7fff_ffff, 0xffff_ffff][random(4)]!, Math.min(at, bytes.length - 4));
        break;
      case 5:
        bytes[at] = [0, 1, 0x7f, 0xff][random(4)]!;
        break;
      case 6: {
        const token = tokens[random(tokens.length)]!;
        bytes = Buffer.concat([bytes.subarray(0, at), token, bytes.subarray(at + token.length)]);
        break;
      }
      case 7:
        bytes[at] = (bytes[at]! + (random(2) === 0 ? 1 : 255)) & 0xff;
        break;
      default:
        bytes[at] = random(256);
    }
  }
  return bytes;
}
