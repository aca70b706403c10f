// How ONNX files are mutated: as other files, and with protobuf's own tricks.

const tokens = [
  '__proto__',
  'Loop',
  'Conv',
  'Gemm',
  '../',
  '\u0000',
  '\u00ff\u00ff\u00ff\u00ff\u000f',
  '\u0008\u0000',
  '\u003a\u0000',
  '\u0080\u0080\u0080\u0080\u0080\u0080\u0080\u0080\u0080\u0001',
  'x',
  'y',
].map((token) => Buffer.from(token, 'latin1'));

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

/** One to four of: a flipped bit, a truncation, a splice, a length that is too long or too short, a token, a byte one off, a part twice. */
export function mutated(seed: Buffer, random: (below: number) => number): Buffer {
  let bytes = Buffer.from(seed);
  for (let change = 0, changes = 1 + random(4); change < changes && bytes.length > 8; change++) {
    const at = random(bytes.length);
    switch (random(8)) {
      case 0:
        bytes[at] = bytes[at]! ^ (1 << random(8));
        break;
      case 1:
        bytes = bytes.subarray(0, at);
        break;
      case 2:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(random(bytes.length))]);
        break;
      case 3:
        bytes[at] = [0, 1, 0x7f, 0xff][random(4)]!;
        break;
      case 4: {
        const token = tokens[random(tokens.length)]!;
        bytes = Buffer.concat([bytes.subarray(0, at), token, bytes.subarray(at + token.length)]);
        break;
      }
      case 5:
        bytes[at] = (bytes[at]! + (random(2) === 0 ? 1 : 255)) & 0xff;
        break;
      case 6: {
        const end = Math.min(bytes.length, at + random(200));
        bytes = Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)]);
        break;
      }
      default:
        bytes[at] = random(256);
    }
  }
  return bytes;
}
