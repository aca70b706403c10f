// Collects plain operations while a model's layers are gone through one by one.
import { StudioError } from '#contract/errors.ts';
import { activationOf, isList } from '#network/config-values.ts';
import type { Json, JsonObject } from '#network/model-artifact.ts';
import type { PlainOperation } from './plain-network.ts';

/** One call of a layer: what it reads, under which name its result has to go out, and its weights. */
export interface LayerCall {
  readonly layer: string;
  readonly type: string;
  readonly config: JsonObject;
  /** Names of tensors. */
  readonly inputs: readonly string[];
  readonly output: string;
  /** Without the batch axis. */
  readonly outputShape: readonly number[];
  /** @throws StudioError `damaged-file` where the model has no such weight. */
  weight(name: string): Float32Array;
  hasWeight(name: string): boolean;
  weightShape(name: string): readonly number[];
}

type WithoutOutput<T> = T extends PlainOperation ? Omit<T, 'output' | 'layer'> : never;

export class PlainBuilder {
  readonly operations: PlainOperation[] = [];
  readonly shapes = new Map<string, readonly number[]>();

  shape(tensor: string): readonly number[] {
    const shape = this.shapes.get(tensor);
    if (shape === undefined) throw new RangeError(`no operation makes ${tensor}`);
    return shape;
  }

  /** Adds an operation of `call`'s layer that makes the tensor `output` of `shape`, and answers with that name. */
  add(call: LayerCall, output: string, shape: readonly number[], operation: WithoutOutput<PlainOperation>): string {
    if (this.shapes.has(output)) throw new RangeError(`two operations make ${output}`);
    this.operations.push({ ...operation, layer: call.layer, output });
    this.shapes.set(output, shape);
    return output;
  }

  /** The same entries under another shape; nothing where the shape is already that one and no name is asked for. */
  reshape(call: LayerCall, input: string, shape: readonly number[], output = `${call.output}/${input} as ${shape.join('×')}`): string {
    return this.add(call, output, shape, { kind: 'reshape', inputs: [input] });
  }
}

/** The only input of a layer. */
export function inputOf(call: LayerCall): string {
  const [input] = call.inputs;
  if (input === undefined) throw new StudioError('damaged-file', 'The layer has no input.', { where: `layer "${call.layer}"` });
  return input;
}

/** Sample axes, from 0, of a setting that counts them from the batch or from the end; in ascending order. */
export function sampleAxes(call: LayerCall, given: Json | undefined, rank: number): readonly number[] {
  const axes = (isList(given) ? given : [given ?? -1]).map((axis) => (Number(axis) < 0 ? Number(axis) + rank : Number(axis) - 1));
  if (axes.length === 0 || axes.some((axis) => !(axis >= 0 && axis < rank))) throw refuse(call, 'it runs over an axis that is not there');
  return axes.toSorted((one, other) => one - other);
}

/** Has `body` work on the input with these axes last, in their order, and puts its result back in place. @param body from a tensor to one of the given name */
export function alongLast(
  builder: PlainBuilder,
  call: LayerCall,
  axes: readonly number[],
  body: (input: string, output: string) => void,
): void {
  const input = inputOf(call);
  const shape = builder.shape(input);
  const order = [...shape.keys()].filter((axis) => !axes.includes(axis)).concat(axes);
  if (order.every((axis, at) => axis === at)) return body(input, call.output);
  const sizes = order.map((axis) => shape[axis]!);
  const turned = builder.add(call, `${call.output}/turned`, sizes, { kind: 'transpose', inputs: [input], axes: order });
  const done = `${call.output}/done`;
  body(turned, done);
  const back = [...shape.keys()].map((axis) => order.indexOf(axis));
  builder.add(call, call.output, shape, { kind: 'transpose', inputs: [done], axes: back });
}

export function refuse(
  call: Pick<LayerCall, 'layer'>,
  why: string,
  whatToDo = 'Export as Keras or TensorFlow.js, or build the network without it.',
): StudioError {
  return new StudioError('unsupported', `This format can't hold the layer: ${why}.`, { where: `layer "${call.layer}"`, whatToDo });
}

export function refuseChannelsFirst(call: LayerCall): void {
  if (call.config.data_format === 'channels_first') throw refuse(call, 'its channels are on the first axis (channels_first)');
}

/** The name under which a layer's result goes before its activation. */
export function beforeActivation(call: LayerCall): string {
  return activationOf(call.config) === 'linear' ? call.output : `${call.output}/before ${activationOf(call.config)}`;
}
