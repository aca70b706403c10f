// Who feeds whom in a Functional model: Keras 3's keras_history objects and Keras 2's lists, as Keras 2's lists.
import type { Json, JsonObject } from '#network/model-artifact.ts';
import { isList, isObject } from '../containers/json.ts';
import { refusal, type Place } from '../refusal.ts';
import type { KerasVersion } from './config-values.ts';

/*
 * Keras 3:  [{ args: [[{class_name: '__keras_tensor__', config: {keras_history: ['a', 0, 0]}}, …]], kwargs: {} }]
 * Keras 2:  [[['a', 0, 0, {}], …]]      one inner list a call
 * A nested model's call 0 is its own making in Keras 2 and tfjs-layers, so its first real call is 1; in Keras 3 it is 0.
 */
export function readInboundNodes(
  nodes: Json,
  keras: KerasVersion,
  names: ReadonlySet<string>,
  nested: ReadonlySet<string>,
  place: Place,
): Json[] {
  if (!isList(nodes)) throw refusal('damaged-file', place, "The list of its inputs can't be read.");
  return nodes.map((node): Json => {
    if (isObject(node)) return keras3Node(node, names, nested, place);
    if (!isList(node)) throw refusal('damaged-file', place, "The list of its inputs can't be read.");
    const calls = typeof node[0] === 'string' ? [node] : node;
    return calls.map((call) => {
      if (isList(call) && isObject(call[3])) refuseArguments(call[3], place);
      return reference(call, keras, names, nested, place, true);
    });
  });
}

function keras3Node(node: JsonObject, names: ReadonlySet<string>, nested: ReadonlySet<string>, place: Place): Json {
  const args = isList(node.args) ? node.args : [];
  const tensors = args.flatMap((arg) => (isList(arg) ? arg : [arg]));
  if (tensors.length === 0) throw refusal('damaged-file', place, 'One of its calls has no input.');
  if (isObject(node.kwargs)) refuseArguments(node.kwargs, place);
  return tensors.map((tensor) => {
    const history =
      isObject(tensor) && tensor.class_name === '__keras_tensor__' && isObject(tensor.config) ? tensor.config.keras_history : undefined;
    if (history === undefined)
      throw refusal(
        'unsupported',
        place,
        'It is called on something that is no tensor of the model.',
        'Call layers on tensors of the model only, and save it again.',
      );
    return reference(history, 3, names, nested, place, true);
  });
}

/** `mask: None` and `training: False` say nothing; anything else would change the answer. */
function refuseArguments(kwargs: JsonObject, place: Place): void {
  const extra = Object.entries(kwargs).find(([, value]) => value !== null && value !== false);
  if (extra !== undefined)
    throw refusal(
      'unsupported',
      place,
      'It is called with arguments beside its inputs.',
      'Call it on its inputs alone, and save the model again.',
    );
}

/** Input or output layers: `['a', 0, 0]` for one, or a list of such. */
export function tensorReferences(
  value: Json | undefined,
  keras: KerasVersion,
  names: ReadonlySet<string>,
  nested: ReadonlySet<string>,
  place: Place,
): Json {
  if (!isList(value) || value.length === 0)
    throw refusal('damaged-file', place, 'The model does not say which layers are its inputs and outputs.');
  const list = typeof value[0] === 'string' ? [value] : value;
  return list.map((item) => reference(item, keras, names, nested, place, false));
}

function reference(
  value: Json,
  keras: KerasVersion,
  names: ReadonlySet<string>,
  nested: ReadonlySet<string>,
  place: Place,
  withArguments: boolean,
): Json {
  const [layer, call, tensor] = isList(value) ? value : [];
  const whole =
    typeof call === 'number' &&
    Number.isInteger(call) &&
    call >= 0 &&
    call < 100_000 &&
    typeof tensor === 'number' &&
    Number.isInteger(tensor) &&
    tensor >= 0 &&
    tensor < 100_000;
  if (typeof layer !== 'string' || !whole || !names.has(layer))
    throw refusal('damaged-file', place, 'It is connected to a layer that the model does not have.');
  const index = keras === 3 && nested.has(layer) ? call + 1 : call;
  return withArguments ? [layer, index, tensor, {}] : [layer, index, tensor];
}
