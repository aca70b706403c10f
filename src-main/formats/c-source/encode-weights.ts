// Weights as constant arrays of C: whole, or without their zeros, by whichever way takes the fewest bytes.

export interface EncodedWeights {
  readonly kind: 'dense' | 'bits' | 'runs';
  readonly values: Float32Array;
  /** Where the values belong; empty for `dense`. */
  readonly where: Uint8Array;
  readonly bytes: number;
}

/**
 * - bits: one an entry, the lowest bit of a byte first, set where a value is kept;
 * - runs: a byte before each value with the zeros since the last one; 255 stands for 255 zeros and no value.
 * Example: [0, 0, 5, 0] keeps [5] with bits [0b0100] or runs [2]: 5 bytes in place of 16.
 */
export function encodeWeights(data: Float32Array): EncodedWeights {
  const values = data.filter((value) => value !== 0);
  const bits = new Uint8Array(Math.ceil(data.length / 8));
  const runs: number[] = [];
  let zeros = 0;
  data.forEach((value, index) => {
    if (value === 0) {
      zeros++;
      return;
    }
    bits[index >> 3]! |= 1 << (index & 7);
    for (; zeros >= 255; zeros -= 255) runs.push(255);
    runs.push(zeros);
    zeros = 0;
  });
  const where = runs.length < bits.length ? Uint8Array.from(runs) : bits;
  const bytes = values.byteLength + where.length;
  if (values.length === 0 || bytes >= data.byteLength)
    return { kind: 'dense', values: data, where: new Uint8Array(0), bytes: data.byteLength };
  return { kind: where === bits ? 'bits' : 'runs', values, where, bytes };
}

/** Nine significant digits bring every float back exactly. */
export function floatLiteral(value: number): string {
  const text = String(Number(value.toPrecision(9)));
  return `${/[.e]/.test(text) ? text : `${text}.0`}f`;
}

/** A constant array, wrapped at about 140 characters. */
export function constantArray(type: string, name: string, values: readonly string[]): string {
  const lines: string[] = [];
  let line = ' ';
  for (const value of values) {
    if (line.length + value.length > 136) {
      lines.push(line);
      line = ' ';
    }
    line += ` ${value},`;
  }
  return `static const ${type} ${name}[${values.length}] = {\n${[...lines, line].join('\n')}\n};\n`;
}
