// Plain operations as calls of the generated C functions, with the constants that they take.
import { gatherStrides, six } from './strides.ts';
import {
  imageOf,
  shapeIn,
  type Activation,
  type Convolution,
  type Dense,
  type DepthwiseConvolution,
  type PlainNetwork,
  type PlainOperation,
  type SlidingWindow,
  type TransposedConvolution,
} from '../lowering/plain-network.ts';
import { activationSource } from './activation-expressions.ts';
import { constantArray, encodeWeights, floatLiteral } from './encode-weights.ts';
import { kernelSources } from './kernel-sources.ts';
import type { ArenaPlan } from './plan-arena.ts';

export interface CProgram {
  /** Functions of `kernelSources` that are called. */
  readonly kernels: ReadonlySet<string>;
  readonly activations: readonly string[];
  readonly constants: readonly { readonly name: string; readonly source: string; readonly bytes: number }[];
  readonly calls: readonly string[];
}

/** The body of the run function, in order. */
export function emitCalls(network: PlainNetwork, plan: ArenaPlan): CProgram {
  const kernels = new Set<string>();
  const activations = new Map<string, string>();
  const constants: CProgram['constants'][number][] = [];
  const calls: string[] = [];
  const use = (name: string): string => {
    kernelSources[name]?.needs?.forEach(use);
    kernels.add(name);
    return name;
  };
  const count = (tensor: string): number => shapeIn(network, tensor).reduce((product, size) => product * size, 1);
  const at = (tensor: string): string => {
    const place = plan.places.get(tensor);
    if (place === undefined) throw new RangeError(`no place for ${tensor}`);
    return place.in === 'arena' ? (place.offset === 0 ? 'arena' : `arena + ${place.offset}`) : `${place.in}_${place.index}`;
  };
  // A layer that is called twice has its weights once.
  const written: { readonly values: Float32Array; readonly name: string }[] = [];
  const floats = (values: Float32Array): string => {
    const there = written.find(
      (other) => other.values.length === values.length && values.every((value, index) => Object.is(value, other.values[index])),
    );
    if (there !== undefined) return there.name;
    const name = `w${constants.length}`;
    written.push({ values, name });
    constants.push({ name, source: constantArray('float', name, Array.from(values, floatLiteral)), bytes: values.byteLength });
    return name;
  };
  const bias = (values: Float32Array): string => (values.some((value) => value !== 0) ? floats(values) : '0');
  const bytes = (values: Uint8Array): string => {
    const name = `w${constants.length}`;
    constants.push({ name, source: constantArray('unsigned char', name, Array.from(values, String)), bytes: values.byteLength });
    return name;
  };
  const kerneled = (operation: Convolution | DepthwiseConvolution | TransposedConvolution | Dense): void => {
    const kind = operation.kind === 'convolution' ? 'convolve' : operation.kind;
    const [input, output] = [operation.inputs[0] ?? '', operation.output];
    const filters = operation.bias.length;
    const entries = operation.kernel.length / filters;
    const sizes = operation.kind === 'dense' ? `${count(input) / entries}, ${entries}, ${filters}` : windowLiteral(network, operation);
    const encoded = encodeWeights(operation.kernel);
    const biases = bias(operation.bias);
    if (encoded.kind === 'dense') calls.push(`${use(kind)}(${at(input)}, ${at(output)}, ${floats(encoded.values)}, ${biases}, ${sizes});`);
    else {
      const values = floats(encoded.values);
      use(`next_${encoded.kind}`);
      calls.push(`${use('start')}_with(${at(output)}, ${biases}, ${count(output) / filters}, ${filters});`);
      calls.push(
        `${use(`${kind}_sparse`)}(${at(input)}, ${at(output)}, ${values}, ${encoded.values.length}, ${bytes(encoded.where)}, next_${encoded.kind}, ${sizes});`,
      );
    }
  };
  const emit = (operation: PlainOperation): void => {
    const [input = ''] = operation.inputs;
    const { output } = operation;
    const [shape, result] = [shapeIn(network, input), shapeIn(network, output)];
    switch (operation.kind) {
      case 'convolution':
      case 'depthwise':
      case 'transposed':
      case 'dense':
        return kerneled(operation);
      case 'pool':
        calls.push(`${use(`pool_${operation.mode}`)}(${at(input)}, ${at(output)}, ${windowLiteral(network, operation)});`);
        return;
      case 'global-pool':
        calls.push(`${use(`global_${operation.mode}`)}(${at(input)}, ${at(output)}, ${count(input) / shape.at(-1)!}, ${shape.at(-1)});`);
        return;
      case 'merge': {
        const steps = operation.inputs.map((each) => six('long', gatherStrides(shapeIn(network, each), result)));
        calls.push(
          `${use(`merge_${operation.mode}`)}(${operation.inputs.map(at).join(', ')}, ${at(output)}, ${six('int', result, 1)}, ${steps.join(', ')});`,
        );
        return;
      }
      case 'affine':
        calls.push(
          `${use('affine')}(${at(input)}, ${at(output)}, ${floats(operation.scale)}, ${floats(operation.shift)}, ${count(output)}, ${operation.scale.length});`,
        );
        return;
      case 'product': {
        const [rows, columns, inner] = [result.at(-2) ?? 1, result.at(-1)!, shape.at(-1)!];
        const stride = shapeIn(network, operation.inputs[1]!).length > 2 ? inner * columns : 0;
        calls.push(
          `${use('product')}(${operation.inputs.map(at).join(', ')}, ${at(output)}, ${count(output) / (rows * columns)}, ${rows}, ${inner}, ${columns}, ${stride}, ${operation.turned ? 1 : 0});`,
        );
        return;
      }
      case 'lookup':
        calls.push(`${use('lookup')}(${at(input)}, ${at(output)}, ${floats(operation.table)}, ${count(input)}, ${operation.width});`);
        return;
      case 'resize':
        calls.push(
          `${use(`resize_${operation.mode}`)}(${at(input)}, ${at(output)}, ${[...imageOf(shape), ...imageOf(result).slice(0, 2)].join(', ')});`,
        );
        return;
      case 'layer-norm': {
        const [length, weights] = [operation.scale.length, `${floats(operation.scale)}, ${floats(operation.shift)}`];
        calls.push(
          `${use('layer_norm')}(${at(input)}, ${at(output)}, ${weights}, ${count(input) / length}, ${length}, ${floatLiteral(operation.epsilon)}, ${operation.centred ? 1 : 0});`,
        );
        return;
      }
      case 'prelu': {
        const steps = [shape, operation.alphaShape].map((each) => six('long', gatherStrides(each, result)));
        calls.push(
          `${use('prelu')}(${at(input)}, ${floats(operation.alpha)}, ${at(output)}, ${six('int', result, 1)}, ${steps.join(', ')});`,
        );
        return;
      }
      case 'softmax':
        calls.push(
          `${use('softmax')}(${at(input)}, ${at(output)}, ${count(input) / shape.at(-1)!}, ${shape.at(-1)}, ${operation.logarithm ? 1 : 0});`,
        );
        return;
      case 'activation': {
        const name = activationName(operation);
        activations.set(name, activationSource(name, operation.function, operation.parameter));
        calls.push(`${name}(${at(input)}, ${at(output)}, ${count(output)});`);
        return;
      }
      case 'concatenate':
      case 'pad':
      case 'slice':
      case 'transpose':
      case 'enlarge':
      case 'reshape':
        return move(operation, shape, result);
    }
  };
  const copy = (from: string, to: string, size: readonly number[], stepIn: readonly number[], stepOut: readonly number[]): void => {
    calls.push(`${use('move')}(${from}, ${to}, ${six('int', size, 1)}, ${six('long', stepIn)}, ${six('long', stepOut)});`);
  };
  const move = (operation: PlainOperation, shape: readonly number[], result: readonly number[]): void => {
    const [input = ''] = operation.inputs;
    const [from, to] = [at(input), at(operation.output)];
    const [own, made] = [gatherStrides(shape, shape), gatherStrides(result, result)];
    const start = (base: string, first: readonly number[], steps: readonly number[]): string =>
      `${base} + ${first.reduce((sum, each, axis) => sum + each * steps[axis]!, 0)}`;
    if (operation.kind === 'pad') {
      calls.push(`${use('zero')}(${to}, ${count(operation.output)});`);
      copy(
        from,
        start(
          to,
          operation.edges.map(([before]) => before),
          made,
        ),
        shape,
        own,
        made,
      );
    } else if (operation.kind === 'slice') copy(start(from, operation.begin, own), to, result, own, made);
    else if (operation.kind === 'transpose')
      copy(
        from,
        to,
        result,
        operation.axes.map((axis) => own[axis]!),
        made,
      );
    else if (operation.kind === 'enlarge') {
      const [height, width, channels] = imageOf(shape);
      const size = [height, operation.factors[0], width, operation.factors[1], channels];
      copy(from, to, size, [width * channels, 0, channels, 0, 1], gatherStrides(size, size));
    } else if (operation.kind === 'concatenate') {
      let offset = 0;
      for (const each of operation.inputs) {
        const part = shapeIn(network, each);
        copy(at(each), `${to} + ${offset * made[operation.axis]!}`, part, gatherStrides(part, part), made);
        offset += part[operation.axis]!;
      }
    } else if (from !== to) copy(from, to, [count(input)], [1], [1]);
  };
  for (const operation of network.operations) {
    calls.push(`/* ${comment(operation.layer)}: ${operation.kind} -> ${shapeIn(network, operation.output).join('x')} */`);
    emit(operation);
    if ('fused' in operation && operation.fused !== 'none')
      calls.push(`${use(`clamp_${operation.fused}`)}(${at(operation.output)}, ${count(operation.output)});`);
  }
  for (const { tensor, output } of plan.copies) copy(at(tensor), `output_${output}`, [count(tensor)], [1], [1]);
  return { kernels, activations: [...activations.values()], constants, calls };
}

function activationName({ function: which, parameter }: Activation): string {
  return `apply_${which}${parameter === 0 ? '' : `_${String(parameter)}`}`.replaceAll(/[^a-z0-9]/g, '_');
}

/** Names come from files: nothing that could end a comment. */
export function comment(text: string): string {
  return text.replaceAll(/[^\w .,:+-]/g, '_').slice(0, 100);
}

function windowLiteral(
  network: PlainNetwork,
  operation: {
    readonly kind: PlainOperation['kind'];
    readonly inputs: readonly string[];
    readonly output: string;
    readonly window: SlidingWindow;
    readonly groups?: number;
    readonly multiplier?: number;
  },
): string {
  const [input, output] = [imageOf(shapeIn(network, operation.inputs[0] ?? '')), imageOf(shapeIn(network, operation.output))];
  const [image, result] = operation.kind === 'transposed' ? [output, input] : [input, output];
  const { size, strides, dilation, before } = operation.window;
  return `&(const window_t){${[...image, ...result, ...size, ...strides, ...dilation, ...before, operation.groups ?? operation.multiplier ?? 1].join(', ')}}`;
}
