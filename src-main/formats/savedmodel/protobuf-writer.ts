// Writes messages in protocol-buffer wire format: the few kinds of field that a SavedModel has.

/** The bytes of fields, a chunk after another; big ones are never copied until the end. */
export type Field = readonly Uint8Array[];
const text = new TextEncoder();

/** Numbers above 2³² are not needed; negative ones take ten bytes, as int64 does. */
export function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Uint8Array.from([...bytes, Number(rest)]);
}

function tag(number: number, wireType: 0 | 2 | 5): Uint8Array {
  return varint(number * 8 + wireType);
}

/** int32, int64, bool and enumerations. */
export function whole(number: number, value: number | boolean): Field {
  return [tag(number, 0), varint(Number(value))];
}

export function float(number: number, value: number): Field {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return [tag(number, 5), bytes];
}

export function bytes(number: number, value: Uint8Array): Field {
  return [tag(number, 2), varint(value.byteLength), value];
}

export function string(number: number, value: string): Field {
  return bytes(number, text.encode(value));
}

/** A message inside another one; also packed lists. */
export function message(number: number, fields: readonly Field[]): Field {
  const inner = fields.flat();
  return [tag(number, 2), varint(inner.reduce((sum, chunk) => sum + chunk.byteLength, 0)), ...inner];
}

/** int64 numbers in one field. */
export function packed(number: number, values: readonly number[]): Field {
  return message(number, [values.map(varint)]);
}

/** A map's entry is a message of a key and a value. */
export function entry(number: number, key: string, value: (number: number) => Field): Field {
  return message(number, [string(1, key), value(2)]);
}
