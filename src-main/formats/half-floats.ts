// IEEE 754 half precision (binary16) and float32, both ways.
/** Of all 65,536 halves. */
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

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** 1 → 0x3c00; 65520 and above would be ∞ and become the largest half, 65504 (0x7bff); 2⁻²⁵ → 0. */
export function floatToHalf(value: number): number {
  float[0] = value;
  const word = bits[0]!;
  const sign = (word >>> 16) & 0x8000;
  const size = Math.abs(value);
  if (size >= 65_504) return sign | 0x7bff;
  // Below 2⁻¹⁴ the halves are multiples of 2⁻²⁴.
  if (size < 2 ** -14) return sign | roundToEven(size * 2 ** 24);
  const exponent = ((word >>> 23) & 0xff) - 127;
  return sign | (((exponent + 15) << 10) + roundToEven((size / 2 ** exponent - 1) * 1024));
}

/** Little-endian. */
export function floatsToHalves(values: Float32Array): Uint8Array {
  const halves = new Uint8Array(values.length * 2);
  const view = new DataView(halves.buffer);
  values.forEach((value, index) => view.setUint16(index * 2, floatToHalf(value), true));
  return halves;
}

function roundToEven(value: number): number {
  const below = Math.floor(value);
  const over = value - below;
  return over > 0.5 || (over === 0.5 && below % 2 === 1) ? below + 1 : below;
}
