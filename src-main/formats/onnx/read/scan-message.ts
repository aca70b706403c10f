// Counts what an ONNX file would become before it is parsed: two bytes of it can ask for an object of some hundred.
import { refusal, type Place } from '../../refusal.ts';

/** Messages inside a message, by field number. What isn't listed is never looked into and costs no more than its bytes. */
type Kind = 'model' | 'graph' | 'node' | 'attribute' | 'tensor' | 'other';
const inside: Readonly<Record<Kind, Readonly<Record<number, Kind>>>> = {
  model: { 7: 'graph', 8: 'other', 14: 'other', 20: 'other', 25: 'other', 26: 'other' },
  graph: { 1: 'node', 5: 'tensor', 11: 'other', 12: 'other', 13: 'other', 14: 'other', 15: 'other', 16: 'other' },
  node: { 5: 'attribute', 9: 'other' },
  attribute: { 5: 'tensor', 6: 'graph', 10: 'tensor', 11: 'graph', 14: 'other', 15: 'other', 22: 'other', 23: 'other' },
  tensor: { 3: 'other', 13: 'other', 16: 'other' },
  other: {},
};
/** Packed numbers that become an array entry each: of an attribute, and of a tensor stored by its fields. */
const packed: Readonly<Partial<Record<Kind, readonly number[]>>> = { attribute: [7, 8, 9], tensor: [1, 5, 7, 11] };
const limits: Readonly<Record<Kind | 'number', number>> = {
  model: 1,
  graph: 1000,
  node: 200_000,
  attribute: 1_000_000,
  tensor: 100_000,
  other: 1_000_000,
  number: 100_000_000,
};
const names: Readonly<Record<Kind | 'number', string>> = {
  model: 'models',
  graph: 'graphs',
  node: 'nodes',
  attribute: 'attributes',
  tensor: 'tensors',
  other: 'descriptions',
  number: 'numbers written one by one',
};
const maxDepth = 16;

/** @throws StudioError `over-limit`, `damaged-file` where lengths and bytes don't agree. */
export function scanMessage(bytes: Uint8Array, place: Place): void {
  const counts: Record<Kind | 'number', number> = { model: 0, graph: 0, node: 0, attribute: 0, tensor: 0, other: 0, number: 0 };
  const count = (kind: Kind | 'number', more: number): void => {
    counts[kind] += more;
    if (counts[kind] > limits[kind]) throw refusal('over-limit', place, `It has more than ${limits[kind]} ${names[kind]}.`);
  };
  const walk = (kind: Kind, from: number, to: number, depth: number): void => {
    count(kind, 1);
    if (depth > maxDepth)
      throw refusal('over-limit', { ...place, offset: from }, `Its graphs are nested more than ${maxDepth} levels deep.`);
    for (let at = from; at < to;) {
      const [tag, afterTag] = varint(bytes, at, to, place);
      const [field, wire] = [Math.floor(tag / 8), tag % 8];
      if (wire === 2) {
        const [length, start] = varint(bytes, afterTag, to, place);
        if (length > to - start) throw cut(place, at);
        const inner = inside[kind][field];
        if (inner !== undefined && inner !== 'other') walk(inner, start, start + length, depth + 1);
        else if (inner === 'other') count('other', 1 + Math.floor(length / 64));
        else if (packed[kind]?.includes(field) === true) count('number', length);
        else count('other', 0.01);
        at = start + length;
      } else {
        at = wire === 0 ? varint(bytes, afterTag, to, place)[1] : afterTag + (wire === 5 ? 4 : wire === 1 ? 8 : Infinity);
        if (at > to) throw cut(place, afterTag);
        count('number', 1);
      }
    }
  };
  walk('model', 0, bytes.length, 0);
}

/** Seven bits a byte, the lowest first. Past 2⁵³ only its end matters here: no tag or length is as large. */
function varint(bytes: Uint8Array, from: number, to: number, place: Place): readonly [number, number] {
  let value = 0;
  for (let at = from, weight = 1; at < to && at < from + 10; at++, weight *= 128) {
    value += (bytes[at]! & 0x7f) * weight;
    if (bytes[at]! < 0x80) return [value, at + 1];
  }
  throw cut(place, from);
}

function cut(place: Place, offset: number) {
  return refusal('damaged-file', { ...place, offset }, 'It is cut short, or its parts are longer than the file.');
}
