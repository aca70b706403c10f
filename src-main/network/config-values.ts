// Reads the fields of a layer's configuration, checked: files are written by others.
import { StudioError } from '#contract/errors.ts';
import type { Json, JsonObject } from './model-artifact.ts';

/** A shape with null for a free axis such as the batch. */
export type TensorShape = readonly (number | null)[];

export function nameOf(config: JsonObject): string {
  return typeof config['name'] === 'string' ? config['name'] : '(unnamed)';
}

/** A whole number of at least 0; StudioError `damaged-file` where it isn't one. */
export function countOf(config: JsonObject, key: string, otherwise?: number): number {
  const value = config[key] ?? otherwise;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw broken(config, key, 'a whole number');
}

export function numberOf(config: JsonObject, key: string, otherwise?: number): number {
  const value = config[key] ?? otherwise;
  if (typeof value === 'number') return value;
  throw broken(config, key, 'a number');
}

/** One size an axis; a single number stands for all axes, as Keras writes `pool_size: 2`. */
export function sizesOf(config: JsonObject, key: string, axes: number, otherwise?: number): readonly number[] {
  const value = config[key] ?? otherwise;
  const sizes = typeof value === 'number' ? Array.from({ length: axes }, () => value) : value;
  if (
    isList(sizes) &&
    sizes.length === axes &&
    sizes.every((size) => typeof size === 'number' && Number.isSafeInteger(size) && size >= 0)
  ) {
    return sizes.filter((size) => typeof size === 'number');
  }
  throw broken(config, key, axes === 1 ? 'a whole number' : `${axes} whole numbers`);
}

export function textOf(config: JsonObject, key: string, otherwise: string): string {
  const value = config[key] ?? otherwise;
  if (typeof value === 'string') return value;
  throw broken(config, key, 'a word');
}

export function flagOf(config: JsonObject, key: string, otherwise: boolean): boolean {
  const value = config[key];
  return typeof value === 'boolean' ? value : otherwise;
}

export function shapeOf(config: JsonObject, key: string): TensorShape {
  const value = config[key];
  if (isList(value) && value.every((size) => size === null || (typeof size === 'number' && Number.isSafeInteger(size)))) {
    return value.filter((size) => size === null || typeof size === 'number');
  }
  throw broken(config, key, 'a shape');
}

/** Keras names an activation as `relu`, or as an object with a class name; none is `linear`. */
export function activationOf(config: JsonObject, key = 'activation'): string {
  const value = config[key] ?? 'linear';
  if (typeof value === 'string') return value;
  if (isObject(value) && typeof value['class_name'] === 'string') return value['class_name'];
  throw broken(config, key, 'the name of an activation');
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function broken(config: JsonObject, key: string, expected: string): StudioError {
  const found = config[key];
  const said = found === undefined ? 'is missing' : `is ${JSON.stringify(found).slice(0, 60)}`;
  return new StudioError('damaged-file', `The layer's "${key}" ${said} where ${expected} is needed.`, {
    where: `layer "${nameOf(config)}"`,
    whatToDo: 'Save the model again from the program that made it.',
  });
}
