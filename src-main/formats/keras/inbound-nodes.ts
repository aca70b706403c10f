// Who feeds whom in a Functional model: Keras 3's keras_history objects and Keras 2's lists, as calls with positional and named arguments.
import type { Json, JsonObject } from '#network/model-artifact.ts';
import { isList, isObject } from '../containers/json.ts';
import { printable, refusal, type Place } from '../refusal.ts';
import type { KerasVersion } from './config-values.ts';

/** A tensor of the model, as `[layer, call, output]`, with its shape where the file tells it, or a plain value. */
export type Argument =
  | { readonly kind: 'tensor'; readonly reference: readonly Json[]; readonly shape?: readonly Json[] }
  | { readonly kind: 'value'; readonly value: Json };

export interface LayerCall {
  readonly positional: readonly Argument[];
  readonly named: ReadonlyMap<string, Argument | readonly Argument[]>;
}

/** What is needed to read references: which layers there are, and which of them are models. */
export interface Surroundings {
  readonly keras: KerasVersion;
  readonly names: ReadonlySet<string>;
  readonly nested: ReadonlySet<string>;
  /** Those of them that are Functional. */
  readonly functional: ReadonlySet<string>;
  /** Those of them that a TimeDistributed is around, whose first call is call 0 in either Keras. */
  readonly atEachStep: ReadonlySet<string>;
}

/*
 * Keras 3:  [{ args: [[{class_name: '__keras_tensor__', config: {keras_history: ['a', 0, 0]}}, …]], kwargs: {} }]
 * Keras 2:  [[['a', 0, 0, {}], …]]      one inner list a call; ['_CONSTANT_VALUE', -1, 3.0, {}] is a number
 * A nested model's call 0 is its own making in Keras 2 and tfjs-layers, so its first real call is 1; in Keras 3 it is 0,
 * but 1 where a nested Functional model's output is one of the model around it.
 */
export function readCalls(nodes: Json, around: Surroundings, place: Place): LayerCall[] {
  if (!isList(nodes)) throw unreadable(place);
  return nodes.map((node) => {
    if (isObject(node)) return keras3Call(node, around, place);
    if (!isList(node)) throw unreadable(place);
    return keras2Call(typeof node[0] === 'string' ? [node] : node, around, place);
  });
}

function keras3Call(node: JsonObject, around: Surroundings, place: Place): LayerCall {
  const one = (value: Json): Argument => {
    const tensor = isObject(value) && value.class_name === '__keras_tensor__' && isObject(value.config) ? value.config : {};
    if (tensor.keras_history === undefined) return { kind: 'value', value: constant(value) };
    const told = { kind: 'tensor', reference: reference(tensor.keras_history, { ...around, keras: 3 }, place) } as const;
    return isList(tensor.shape) ? { ...told, shape: tensor.shape } : told;
  };
  const all = (value: Json): Argument | readonly Argument[] => (isList(value) && value.some(isTensor) ? value.map(one) : one(value));
  const named = Object.entries(isObject(node.kwargs) ? node.kwargs : {}).map(([key, value]) => [key, all(value)] as const);
  return { positional: (isList(node.args) ? node.args : []).flatMap(all), named: new Map(named) };
}

function isTensor(value: Json): boolean {
  return isObject(value) && value.class_name === '__keras_tensor__';
}

/** An array among the arguments comes as an object around its values. */
function constant(value: Json): Json {
  if (!isObject(value) || !isObject(value.config) || !['__numpy__', '__tensor__'].includes(String(value.class_name))) return value;
  return value.config.value ?? null;
}

function keras2Call(items: readonly Json[], around: Surroundings, place: Place): LayerCall {
  const isReference = (value: Json): value is readonly Json[] =>
    isList(value) && value.length === 3 && typeof value[0] === 'string' && (around.names.has(value[0]) || value[0] === '_CONSTANT_VALUE');
  const one = (value: Json): Argument => {
    if (!isReference(value)) return { kind: 'value', value };
    if (value[0] === '_CONSTANT_VALUE') return { kind: 'value', value: value[2] ?? null };
    return { kind: 'tensor', reference: reference(value, around, place) };
  };
  const all = (value: Json): Argument | readonly Argument[] => {
    if (isReference(value) || !isList(value) || !value.some(isReference)) return one(value);
    return value.map(one);
  };
  const named = new Map<string, Argument | readonly Argument[]>();
  const positional = items.map((item): Argument => {
    if (!isList(item)) throw unreadable(place);
    if (isObject(item[3])) for (const [key, value] of Object.entries(item[3])) named.set(key, all(value));
    const [layer, call, tensor] = item;
    if (layer === '_CONSTANT_VALUE') return { kind: 'value', value: tensor ?? null };
    return { kind: 'tensor', reference: reference([layer ?? null, call ?? null, tensor ?? null], around, place) };
  });
  return { positional, named };
}

/** Arguments that are tensors too: further inputs, in this order. */
const tensorArguments: Readonly<Record<string, readonly string[]>> = {
  MultiHeadAttention: ['query', 'value', 'key'],
  SimpleRNN: ['initial_state'],
  GRU: ['initial_state'],
  LSTM: ['initial_state'],
};

/** Layers that answer otherwise where `training` is true. */
const changesInTraining = /Dropout|Noise|BatchNormalization|LSTM|GRU|RNN|Bidirectional|Attention|Sequential|Functional/;

/** A layer's inputs in one call, and settings that the call adds. @throws StudioError `unsupported` for arguments that would be lost. */
export function inputsOf(className: string, { positional, named }: LayerCall, place: Place): { inputs: Json[]; settings: JsonObject } {
  const extra = tensorArguments[className] ?? [];
  const tensors = [...positional, ...extra.flatMap((key) => named.get(key) ?? [])];
  const settings: Record<string, Json> = {};
  for (const [key, argument] of named) {
    if (extra.includes(key)) continue;
    const value = 'kind' in argument && argument.kind === 'value' ? argument.value : undefined;
    if (className === 'MultiHeadAttention' && key === 'use_causal_mask') settings[key] = value ?? null;
    // `mask: None` and `training: False` say nothing, and masks find their own way; anything else would change the answer.
    else if (value !== null && value !== false && key !== 'mask' && !(key === 'training' && !changesInTraining.test(className)))
      throw argumentsRefused(key, place);
  }
  const inputs = tensors.flatMap((argument): Json[] => {
    if (argument.kind === 'tensor') return [[...argument.reference, {}]];
    if (argument.value === null) return [];
    throw refusal(
      'unsupported',
      place,
      'It is called on something that is no tensor of the model.',
      'Call layers on tensors of the model only, and save it again.',
    );
  });
  if (inputs.length === 0) throw refusal('damaged-file', place, 'One of its calls has no input.');
  if (className === 'Bidirectional' && inputs.length > 1) throw argumentsRefused('initial_state', place);
  return { inputs, settings };
}

function argumentsRefused(key: string, place: Place) {
  return refusal(
    'unsupported',
    place,
    `It is called with the argument ${printable(key)} beside its inputs.`,
    'Call it on its inputs alone, and save the model again.',
  );
}

/** Input or output layers: `['a', 0, 0]` for one, or a list of such. */
export function tensorReferences(value: Json | undefined, around: Surroundings, place: Place): Json {
  const end = (each: Json): Json => {
    const [layer, call, tensor] = reference(each, { ...around, keras: 2 }, place);
    if (around.keras !== 3 || !around.nested.has(String(layer)) || around.atEachStep.has(String(layer))) return [layer!, call!, tensor!];
    return [layer!, around.functional.has(String(layer)) ? Math.max(1, Number(call)) : Number(call) + 1, tensor!];
  };
  if (isObject(value)) return Object.values(value).map(end);
  if (!isList(value) || value.length === 0)
    throw refusal('damaged-file', place, 'The model does not say which layers are its inputs and outputs.');
  const list = typeof value[0] === 'string' ? [value] : value;
  return list.map(end);
}

function reference(value: Json, { keras, names, nested, atEachStep }: Surroundings, place: Place): readonly Json[] {
  const [layer, call, tensor] = isList(value) ? value : [];
  const whole = [call, tensor].every((at) => typeof at === 'number' && Number.isInteger(at) && at >= 0 && at < 100_000);
  if (typeof layer !== 'string' || !whole || !names.has(layer))
    throw refusal('damaged-file', place, 'It is connected to a layer that the model does not have.');
  return [layer, (keras === 3 && nested.has(layer)) || atEachStep.has(layer) ? Number(call) + 1 : call!, tensor!];
}

function unreadable(place: Place) {
  return refusal('damaged-file', place, "The list of its inputs can't be read.");
}
