// Runs plain operations on one sample in plain TypeScript: the ranges that int8 needs, and the answers that a self-check compares with.
import { activateEach, clamp } from './run-activations.ts';
import { imageOf, shapeIn, type PlainNetwork, type PlainOperation } from './plain-network.ts';
import { lookup, product, resize } from './run-products.ts';
import { concatenate, enlarge, globalPool, layerNormalize, merge, pad, prelu, slice, softmax, transpose } from './run-shapes.ts';
import { convolve, convolveDepthwise, convolveTransposed, pool, timesKernel } from './run-windows.ts';

/**
 * @param inputs a sample for each of the network's inputs, without the batch axis.
 * @returns every tensor of the network by its name; sums are taken in double precision and stored in single.
 */
export function runPlain(network: PlainNetwork, inputs: ReadonlyMap<string, Float32Array>): ReadonlyMap<string, Float32Array> {
  const tensors = new Map(inputs);
  for (const operation of network.operations) {
    const given = operation.inputs.map((name) => {
      const tensor = tensors.get(name);
      if (tensor === undefined) throw new RangeError(`nothing was given for the input ${name}`);
      return tensor;
    });
    const result = compute(network, operation, given);
    tensors.set(operation.output, 'fused' in operation ? clamp(result, operation.fused) : result);
  }
  return tensors;
}

function compute(network: PlainNetwork, operation: PlainOperation, given: readonly Float32Array[]): Float32Array {
  const [data = new Float32Array(0), other = data] = given;
  const shapes = operation.inputs.map((name) => shapeIn(network, name));
  const [shape = [], otherShape = shape] = shapes;
  const output = shapeIn(network, operation.output);
  switch (operation.kind) {
    case 'convolution':
      return convolve(operation, data, imageOf(shape), imageOf(output));
    case 'depthwise':
      return convolveDepthwise(operation, data, imageOf(shape), imageOf(output));
    case 'transposed':
      return convolveTransposed(operation, data, imageOf(shape), imageOf(output));
    case 'dense':
      return timesKernel(operation, data);
    case 'pool':
      return pool(operation, data, imageOf(shape), imageOf(output));
    case 'global-pool':
      return globalPool(operation.mode, data, shape.at(-1) ?? 1);
    case 'merge':
      return merge(operation.mode, [data, other], [shape, otherShape], output);
    case 'affine':
      return data.map(
        (value, index) => value * operation.scale[index % operation.scale.length]! + operation.shift[index % operation.shift.length]!,
      );
    case 'concatenate':
      return concatenate(operation.axis, given, shapes);
    case 'pad':
      return pad(operation.edges, data, shape, output);
    case 'slice':
      return slice(operation.begin, data, shape, output);
    case 'reshape':
      return data;
    case 'transpose':
      return transpose(operation.axes, data, shape);
    case 'activation':
      return activateEach(operation.function, operation.parameter, data);
    case 'prelu':
      return prelu(operation, data, shape);
    case 'softmax':
      return softmax(data, shape.at(-1) ?? 1, operation.logarithm);
    case 'layer-norm':
      return layerNormalize(operation, data);
    case 'resize':
      return resize(operation.mode, data, imageOf(shape), imageOf(output));
    case 'product':
      return product(operation.turned, [data, other], [shape, otherShape], output);
    case 'lookup':
      return lookup(operation, data);
    case 'enlarge':
      return enlarge(operation.factors, data, imageOf(shape));
  }
}
