// The one reader of JSON from files: bounded in size and depth, without keys that could reach a prototype.
import type { Json, JsonObject } from '#network/model-artifact.ts';
import { printable, refusal, type Place } from '../refusal.ts';
import { firstNonUtf8 } from './utf8.ts';

export const maxJsonBytes = 64 * 1024 * 1024;
const maxDepth = 128;
const forbidden = new Set(['__proto__', 'constructor', 'prototype']);

/** @throws StudioError `over-limit`, `unsafe-file` for a forbidden key, `damaged-file` for anything that isn't JSON. */
export function parseJson(source: Uint8Array | string, place: Place): Json {
  const size = typeof source === 'string' ? source.length : source.byteLength;
  if (size > maxJsonBytes) throw refusal('over-limit', place, `Its JSON takes ${size} bytes; at most ${maxJsonBytes} are read.`);
  const text = typeof source === 'string' ? source : decode(source, place);
  const { depth, pairs } = shapeOf(text);
  if (depth > maxDepth) throw refusal('over-limit', place, `Its JSON is nested more than ${maxDepth} levels deep.`);
  let parsed: Json;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw refusal('damaged-file', { ...place, offset: placeOfError(text, cause) }, "Its JSON can't be read.", undefined, cause);
  }
  // Readers differ in which of two equal keys they take.
  if (check(parsed, place) !== pairs)
    throw refusal('damaged-file', place, `Its JSON has the key ${printable(keyGivenTwice(text) ?? '')} twice in one object.`);
  return parsed;
}

export function parseJsonObject(source: Uint8Array | string, place: Place): JsonObject {
  const value = parseJson(source, place);
  if (!isObject(value)) throw refusal('damaged-file', place, 'Its JSON is no object.');
  return value;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !isList(value);
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** @returns how many keys there are in it, at any depth. */
function check(value: Json, place: Place): number {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw refusal('damaged-file', place, 'Its JSON holds a number too large for any computer.');
  let keys = 0;
  if (isList(value)) {
    for (const item of value) keys += check(item, place);
  } else if (isObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      if (forbidden.has(key)) throw refusal('unsafe-file', place, `Its JSON has a key named ${printable(key)}, which no model needs.`);
      keys += 1 + check(item, place);
    }
  }
  return keys;
}

function decode(bytes: Uint8Array, place: Place): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw refusal('damaged-file', { ...place, offset: firstNonUtf8(bytes) }, 'Its text is not UTF-8.', undefined, cause);
  }
}

/** In bytes, as the parser says it; undefined where it doesn't. */
function placeOfError(text: string, cause: unknown): number | undefined {
  const message = cause instanceof Error ? cause.message : '';
  if (/unexpected end/i.test(message)) return Buffer.byteLength(text);
  const position = /position (\d+)/.exec(message)?.[1];
  return position === undefined ? undefined : Buffer.byteLength(text.slice(0, Number(position)));
}

/** How deep brackets nest, and how many keys have a value; counted before parsing, so that the parser's own stack is never at risk. */
function shapeOf(text: string): { readonly depth: number; readonly pairs: number } {
  let [depth, deepest, pairs] = [0, 0, 0];
  let inString = false;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (inString) {
      if (code === 0x5c) index++;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) inString = true;
    else if (code === 0x7b || code === 0x5b) deepest = Math.max(deepest, ++depth);
    else if (code === 0x7d || code === 0x5d) depth--;
    else if (code === 0x3a) pairs++;
  }
  return { depth: deepest, pairs };
}

/** Of JSON that was parsed before: the first key that its object has already. */
function keyGivenTwice(text: string): string | undefined {
  const open: Set<string>[] = [];
  for (const [token, string, colon] of text.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?|[{}]/g)) {
    if (token === '{') open.push(new Set());
    else if (token === '}') open.pop();
    else if (colon !== undefined && string !== undefined) {
      const key = String(JSON.parse(string));
      const keys = open.at(-1);
      if (keys?.has(key) === true) return key;
      keys?.add(key);
    }
  }
  return undefined;
}
