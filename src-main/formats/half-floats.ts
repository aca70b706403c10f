// IEEE 754 half precision (binary16) to float32, by a table of all 65,536 values.
let table: Float32Array | undefined;

/** sign 1 bit, exponent 5 bits with bias 15, fraction 10 bits: 0x3c00 is 1, 0x0001 is 2⁻²⁴, 0x7c00 is ∞. */
export function halfToFloat(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Little-endian halves as float32. */
export function halvesToFloats(bytes: Uint8Array): Float32Array {
  const values = (table ??= Float32Array.from({ length: 65_536 }, (_, half) => halfToFloat(half)));
  return Float32Array.from({ length: bytes.length >> 1 }, (_, index) => values[bytes[2 * index]! | (bytes[2 * index + 1]! << 8)]!);
}
