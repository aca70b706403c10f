// A flow and a constant: as a Rescaling, a bias, or the scale and offset of a normalization before.
import { channelsLast, plainOrder } from '../../axis-order.ts';
import { batchSize, elements, integersConstant, type Constant } from '../constant.ts';
import type { Flow } from '../network-builder.ts';
import type { NodeCall } from '../node-call.ts';
import type { OnnxValue } from '../onnx-value.ts';
import { onePlusMagnitude } from './activation.ts';
import { inverseOf } from './elementwise.ts';

export type Arithmetic = 'Add' | 'Sub' | 'Mul' | 'Div';
/** What goes into a layer's settings rather than its weights. */
export const maxList = 2 ** 18;

export function withConstant(call: NodeCall, op: Arithmetic, at: 0 | 1): OnnxValue {
  const flow = call.flow(1 - at);
  const { shape, data } = call.weights(at);
  if (op === 'Div' && at === 0) return withNumbers(call, 'Mul', inverseOf(call, flow), { kind: 'constant', shape, data });
  const whole = !(call.constant(at).data instanceof Float32Array);
  // Whole numbers, as indices are: what a mask takes out of them is nothing.
  if (op === 'Mul' && whole && data.length === 1 && data[0] === 0) return integersConstant([0], []);
  const neutral = data.length === 1 && data[0] === (op === 'Mul' || op === 'Div' ? 1 : 0) && (op !== 'Sub' || at === 1);
  if (neutral && shape.length <= flow.shape.length) return flow;
  if (!evenly(flow, shape)) return entryByEntry(call, op, at, flow, { shape, data });
  const input = elements(shape) === 1 ? flow : perChannel(call, flow, shape);
  const bias = (op === 'Add' || (op === 'Sub' && at === 1)) && call.aloneUses(1 - at) ? biasable(call, input, data.length) : undefined;
  if (bias !== undefined) {
    call.builder.addBias(bias, op === 'Sub' ? data.map((value) => -value) : data);
    return input;
  }
  if (call.aloneUses(1 - at) && takenIntoNorm(call, op, input, data)) return input;
  return rescaled(call, op, at, input, data);
}

/** A flow scaled or shifted by constants that an earlier op brought along. */
export function withNumbers(call: NodeCall, op: 'Add' | 'Mul', flow: Flow, { shape, data }: Constant): Flow {
  const floats = data instanceof Float32Array ? data : Float32Array.from(data);
  if (!evenly(flow, shape)) return entryByEntry(call, op, 1, flow, { shape, data: floats });
  const input = elements(shape) === 1 ? flow : perChannel(call, flow, shape);
  return takenIntoNorm(call, op, input, floats) ? input : rescaled(call, op, 1, input, floats);
}

function rescaled(call: NodeCall, op: Arithmetic, at: 0 | 1, input: Flow, data: Float32Array): Flow {
  if (data.length > maxList) throw call.refusal(`its constant has ${data.length} entries`);
  const values = Array.from(data);
  const only = (list: readonly number[]): number | readonly number[] => (list.length === 1 ? list[0]! : list);
  const scale = op === 'Mul' ? only(values) : op === 'Div' ? only(values.map((value) => 1 / value)) : op === 'Sub' && at === 0 ? -1 : 1;
  const offset = op === 'Add' || (op === 'Sub' && at === 0) ? only(values) : op === 'Sub' ? only(values.map((value) => -value)) : 0;
  if (![scale, offset].flat().every(Number.isFinite)) throw call.refusal('its constant is no number, or zero where it divides');
  const nonNegative = input.nonNegative && values.every((value) => value >= 0) && op !== 'Sub';
  const result = call.same('Rescaling', { scale, offset }, input, nonNegative);
  return scale === 1 && offset === 1 ? onePlusMagnitude(input, result) : result;
}

/** One number, or a number for each entry of one axis that can be stored last. */
function evenly(flow: Flow, shape: readonly number[]): boolean {
  const missing = flow.shape.length - shape.length;
  const axes = shape.flatMap((size, axis) => (size === 1 ? [] : [axis + missing]));
  return axes.length === 0 || (axes.length === 1 && (axes[0] === 1 || axes[0] === flow.shape.length - 1));
}

/** With a number for each entry, as an embedding of positions: flattened as it is stored, shifted or scaled, and unfolded. */
export function entryByEntry(
  call: NodeCall,
  op: Arithmetic,
  at: 0 | 1,
  given: Flow,
  { shape, data }: { readonly shape: readonly number[]; readonly data: Float32Array },
): Flow {
  const flow = given.flattened === undefined && given.order.length === given.shape.length ? given : call.builder.plain(given);
  const [batch = 0, ...axes] = flow.order;
  const missing = flow.shape.length - shape.length;
  const full = [...Array.from({ length: Math.max(0, missing) }, () => 1), ...shape];
  if (missing < 0 || full[batch] !== 1 || full.some((size, axis) => size !== 1 && size !== flow.shape[axis]))
    throw call.refusal(`its constant (${shape.join(', ')}) does not go over its other input`);
  const sizes = axes.map((axis) => flow.shape[axis]!);
  const count = elements(sizes);
  if (count > maxList) throw call.refusal(`its constant goes over ${count} entries`);
  const steps = axes.map((axis) => (full[axis] === 1 ? 0 : elements(full.slice(axis + 1))));
  const spread = new Float32Array(count).map((_, entry) => {
    let [index, rest] = [0, entry];
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      index += (rest % sizes[axis]!) * steps[axis]!;
      rest = Math.floor(rest / sizes[axis]!);
    }
    return data[index]!;
  });
  const flat = call.layer('Reshape', { target_shape: [count] }, [flow], [batchSize, count], [0, 1], {}, flow.nonNegative);
  const changed = rescaled(call, op, at, flat, spread);
  return call.layer('Reshape', { target_shape: sizes }, [changed], flow.shape, flow.order, {}, changed.nonNegative);
}

/** A bare normalization takes what follows it as its own scale and offset. */
function takenIntoNorm(call: NodeCall, op: Arithmetic, { layer, order, shape }: Flow, data: Float32Array): boolean {
  const found = call.builder.layers.get(layer);
  if (found?.className === 'RMSNormalization')
    return op === 'Mul' && shape[order.at(-1)!] === data.length && call.builder.setScale(layer, data);
  const role = op === 'Mul' ? 'gamma' : op === 'Add' ? 'beta' : undefined;
  if (found?.className !== 'LayerNormalization' || role === undefined || found.config['axis'] !== -1) return false;
  if (found.config[role === 'gamma' ? 'scale' : 'center'] !== false || shape[order.at(-1)!] !== data.length) return false;
  // A scale behind an offset would scale the offset too.
  if (role === 'gamma' && found.config['center'] === true) return false;
  call.builder.addNormWeight(layer, role, data);
  return true;
}

/** What a constant (1, …) is for each sample: entries of another flow, times zero, and shifted. */
export function constantFlow(call: NodeCall, at: number, like: Flow): Flow {
  const { shape, data } = call.weights(at);
  const flat = call.builder.flat(call.builder.plain(like));
  const [sample, entries] = [shape.slice(1), flat.shape[1]!];
  if (elements(sample) !== data.length || data.length > Math.min(entries, maxList)) throw call.refusal(`its input ${at + 1} is a constant`);
  const reshaped = (flow: Flow, sizes: readonly number[]): Flow =>
    call.layer('Reshape', { target_shape: sizes }, [flow], [flat.shape[0]!, ...sizes], plainOrder(sizes.length + 1));
  const column = reshaped(flat, [entries, 1]);
  const spare = { cropping: [0, entries - data.length] };
  const cropped = call.layer('Cropping1D', spare, [column], [flat.shape[0]!, data.length, 1], plainOrder(3));
  return reshaped(call.same('Rescaling', { scale: 0, offset: Array.from(data) }, reshaped(cropped, [data.length])), sample);
}

/** The flow with the one axis along which the constant differs stored last. */
function perChannel(call: NodeCall, flow: Flow, shape: readonly number[]): Flow {
  const rank = flow.shape.length;
  const missing = rank - shape.length;
  const axes = shape.flatMap((size, axis) => (size === 1 ? [] : [axis + missing]));
  const [axis] = axes;
  if (missing < 0 || axis === undefined || axes.length !== 1 || axis < 1 || flow.shape[axis] !== elements(shape))
    throw call.refusal(`its constant (${shape.join(', ')}) is neither one number nor a number a channel`);
  if (axis === rank - 1) return call.builder.batchFirst(flow);
  if (axis !== 1) throw call.refusal('its constant runs over an axis in the middle');
  return call.builder.stored(flow, channelsLast(rank));
}

function biasable(call: NodeCall, { layer, flattened }: Flow, entries: number): string | undefined {
  const found = call.builder.layers.get(layer);
  if (found === undefined || found.config['use_bias'] !== false || flattened !== undefined) return undefined;
  return found.config['units'] === entries || found.config['filters'] === entries ? layer : undefined;
}
