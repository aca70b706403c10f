// Reads who feeds whom from a functional model's JSON.
import { StudioError } from '#contract/errors.ts';
import { isList, isObject, nameOf } from './config-values.ts';
import type { Json, LayerConfig } from './model-artifact.ts';

/** Output `output` of the `call`-th call of `layer`, both counted from 0. */
export interface LayerOutput {
  readonly layer: string;
  readonly call: number;
  readonly output: number;
}

/** The inputs of each call of a layer: [[["conv1", 0, 0, {}]], …]. */
export function readCalls(layer: LayerConfig): readonly (readonly LayerOutput[])[] {
  return (layer.inbound_nodes ?? []).map((call) => {
    const inputs = isList(call) && typeof call[0] === 'string' ? [call] : isList(call) ? call : [];
    if (!isList(call)) throw unreadable(nameOf(layer.config));
    return inputs.flatMap((input) => [readOutput(input, nameOf(layer.config)), ...readExtra(input, nameOf(layer.config))]);
  });
}

/** `input_layers` and `output_layers`: one triple, or a list or an object of them. */
export function readEnds(ends: Json | undefined): readonly LayerOutput[] {
  if (isObject(ends)) return Object.values(ends).flatMap((end) => readEnds(end));
  if (!isList(ends)) return [];
  if (typeof ends[0] === 'string') return [readOutput(ends, 'the model')];
  return ends.map((end) => readOutput(end, 'the model'));
}

function readOutput(value: Json, where: string): LayerOutput {
  if (isList(value)) {
    const [layer, call, output] = value;
    if (typeof layer === 'string' && typeof call === 'number' && typeof output === 'number') return { layer, call, output };
  }
  throw unreadable(where);
}

/** Keyword arguments may hold further tensors (an RNN's initial state): they too must be there first. */
function readExtra(value: Json, where: string): readonly LayerOutput[] {
  const extra = isList(value) ? value[3] : undefined;
  if (!isObject(extra)) return [];
  return Object.values(extra).flatMap((argument) => {
    if (isList(argument) && typeof argument[0] === 'string' && argument.length >= 3) return [readOutput(argument, where)];
    return [];
  });
}

function unreadable(where: string): StudioError {
  return new StudioError('damaged-file', 'It is not readable which layers feed this one.', {
    where: `layer "${where}"`,
    whatToDo: 'Save the model again from the program that made it.',
  });
}
