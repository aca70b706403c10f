// Makes plain operations fewer without changing what they compute: reshapes to the same shape, scale-and-shift, activations.
import { shapeIn, type Affine, type PlainNetwork, type PlainOperation } from './plain-network.ts';

/** The kernels whose output channel runs fastest, so that a scale a channel is a scale a column. */
type Scalable = Extract<PlainOperation, { kind: 'convolution' | 'depthwise' | 'dense' }>;

export function simplify(network: PlainNetwork): PlainNetwork {
  return fuse(fold(withoutIdleReshapes(withLateReshapes(network))));
}

/**
 * What works channel by channel goes before a reshape that keeps the channels, so that it meets the convolution that it folds into:
 * Conv1D runs as an image of height 1. A reshape of a reshape takes the first one's input.
 */
function withLateReshapes(network: PlainNetwork): PlainNetwork {
  const shapes = new Map(network.shapes);
  const readers = readersOf(network);
  const reshaped = new Map<string, string>();
  const operations = network.operations.flatMap((operation): PlainOperation[] => {
    const [input = ''] = operation.inputs;
    const source = reshaped.get(input);
    if (operation.kind === 'reshape') {
      reshaped.set(operation.output, source ?? input);
      return [{ ...operation, inputs: [source ?? input] }];
    }
    const movable = operation.kind === 'affine' || operation.kind === 'activation';
    const shape = source === undefined ? undefined : shapes.get(source);
    if (!movable || source === undefined || shape === undefined || readers.get(input) !== 1 || shape.at(-1) !== shapes.get(input)?.at(-1))
      return [operation];
    const early = `${operation.output}/as ${shape.join('×')}`;
    shapes.set(early, shape);
    reshaped.set(operation.output, early);
    return [
      { ...operation, inputs: [source], output: early },
      { kind: 'reshape', layer: operation.layer, inputs: [early], output: operation.output },
    ];
  });
  // Behind it, so that what is no longer read is gone.
  return withoutUnread({ ...network, operations, shapes });
}

function withoutUnread(network: PlainNetwork): PlainNetwork {
  const needed = new Set(network.outputs);
  const operations = network.operations.toReversed().filter(({ kind, inputs, output }) => {
    if (kind === 'reshape' && !needed.has(output)) return false;
    inputs.forEach((input) => needed.add(input));
    return true;
  });
  return { ...network, operations: operations.toReversed() };
}

/** How often each tensor is read; being an output counts as once. */
function readersOf(network: PlainNetwork): ReadonlyMap<string, number> {
  const readers = new Map<string, number>();
  for (const tensor of [...network.operations.flatMap(({ inputs }) => inputs), ...network.outputs])
    readers.set(tensor, (readers.get(tensor) ?? 0) + 1);
  return readers;
}

function withoutIdleReshapes(network: PlainNetwork): PlainNetwork {
  const renamed = new Map<string, string>();
  const now = (tensor: string): string => renamed.get(tensor) ?? tensor;
  const kept: PlainOperation[] = [];
  for (const operation of network.operations) {
    const inputs = operation.inputs.map(now);
    const [input] = inputs;
    const idle =
      operation.kind === 'reshape' && input !== undefined && shapeIn(network, input).join() === shapeIn(network, operation.output).join();
    // The model's own output keeps its operation where it would be an input of the model.
    if (idle && !(network.outputs.includes(operation.output) && network.inputs.includes(input))) renamed.set(operation.output, input);
    else kept.push({ ...operation, inputs });
  }
  return { ...network, operations: kept, outputs: network.outputs.map(now) };
}

/** conv → x · scale + shift is a convolution with each filter's kernel scaled: Σ (x · w · s) + (b · s + shift). A zero stays a zero. */
function fold(network: PlainNetwork): PlainNetwork {
  return mergePairs(network, (before, after) =>
    isScalable(before) && before.fused === 'none' && after.kind === 'affine' ? scaled(before, after) : undefined,
  );
}

function scaled(operation: Scalable, { scale, shift, output }: Affine): PlainOperation {
  const channels = scale.length;
  // −0 would be a zero too, but not the bytes that a compressor looks for.
  const kernel = operation.kernel.map((weight, index) => weight * scale[index % channels]! + 0);
  const bias = operation.bias.map((value, channel) => value * scale[channel]! + shift[channel]!);
  return { ...operation, kernel, bias, output };
}

function isScalable(operation: PlainOperation): operation is Scalable {
  return operation.kind === 'convolution' || operation.kind === 'depthwise' || operation.kind === 'dense';
}

function fuse(network: PlainNetwork): PlainNetwork {
  return mergePairs(network, (before, after) => {
    if (after.kind !== 'activation' || !('fused' in before) || before.fused !== 'none' || before.kind === 'transposed') return undefined;
    // Runtimes have maximum and minimum without an activation.
    if (before.kind === 'merge' && (before.mode === 'maximum' || before.mode === 'minimum')) return undefined;
    return after.function === 'relu' || after.function === 'relu6' ? { ...before, fused: after.function, output: after.output } : undefined;
  });
}

/** Replaces an operation and the only reader of its result by one, wherever `merged` gives one. */
function mergePairs(
  network: PlainNetwork,
  merged: (before: PlainOperation, after: PlainOperation) => PlainOperation | undefined,
): PlainNetwork {
  const readers = readersOf(network);
  const operations: PlainOperation[] = [];
  const makers = new Map<string, number>();
  for (const operation of network.operations) {
    const [input] = operation.inputs;
    const at = input === undefined || readers.get(input) !== 1 ? undefined : makers.get(input);
    const before = at === undefined ? undefined : operations[at];
    const one = before === undefined ? undefined : merged(before, operation);
    if (at !== undefined && one !== undefined) {
      operations[at] = one;
      makers.set(one.output, at);
    } else {
      makers.set(operation.output, operations.length);
      operations.push(operation);
    }
  }
  return { ...network, operations };
}
