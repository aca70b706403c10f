// Plain operations as TensorFlow's ops, for any batch.
import { shapeIn, type Merge, type PlainNetwork, type PlainOperation } from '../lowering/plain-network.ts';
import { activation } from './emit-activations.ts';
import { layerNormalize } from './emit-normalisation.ts';
import { convolution, dense, depthwise, transposed } from './emit-convolutions.ts';
import { attribute, int32, number, reshape, type GraphNodes } from './graph-nodes.ts';

const mergeOps: Readonly<Record<Merge['mode'], string>> = {
  add: 'AddV2',
  subtract: 'Sub',
  multiply: 'Mul',
  maximum: 'Maximum',
  minimum: 'Minimum',
};

/** Adds the operation's nodes; `nodes` maps tensors to the nodes that make them, and learns the new one. */
export function emitNodes(graph: GraphNodes, network: PlainNetwork, nodes: Map<string, string>, operation: PlainOperation): void {
  const inputs = operation.inputs.map((tensor) => nodes.get(tensor) ?? tensor);
  const made = nodeOf(graph, network, operation, inputs);
  const clamped =
    !('fused' in operation) || operation.fused === 'none'
      ? made
      : graph.add(`${operation.output}/${operation.fused}`, operation.fused === 'relu' ? 'Relu' : 'Relu6', [made]);
  nodes.set(operation.output, clamped);
}

function nodeOf(graph: GraphNodes, network: PlainNetwork, operation: PlainOperation, inputs: readonly string[]): string {
  const { output: name } = operation;
  const [input = ''] = inputs;
  const shape = shapeIn(network, operation.inputs[0] ?? '');
  const result = shapeIn(network, name);
  const integers = (part: string, values: readonly number[], sizes = [values.length]): string =>
    graph.integers(`${name}/${part}`, sizes, values);
  switch (operation.kind) {
    case 'convolution':
      return convolution(graph, operation, input, shape);
    case 'depthwise':
      return depthwise(graph, operation, input, shape);
    case 'transposed':
      return transposed(graph, operation, input, result);
    case 'dense':
      return dense(graph, operation, input, shape, result);
    case 'pool': {
      const { size, strides, padding } = operation.window;
      return graph.add(name, operation.mode === 'max' ? 'MaxPool' : 'AvgPool', [input], {
        ksize: attribute.integers([1, ...size, 1]),
        strides: attribute.integers([1, ...strides, 1]),
        padding: attribute.text(padding.toUpperCase()),
        data_format: attribute.text('NHWC'),
      });
    }
    case 'global-pool':
      return graph.add(
        name,
        operation.mode === 'max' ? 'Max' : 'Mean',
        [
          input,
          integers(
            'axes',
            shape.slice(1).map((_, axis) => axis + 1),
          ),
        ],
        { keep_dims: attribute.flag(false), ...int32('Tidx') },
      );
    case 'merge':
      return graph.add(
        name,
        mergeOps[operation.mode],
        inputs.map((each, index) =>
          ofRank(graph, each, `${name}/input ${index}`, shapeIn(network, operation.inputs[index]!), result.length),
        ),
      );
    case 'affine': {
      const { scale, shift } = operation;
      const product = graph.add(`${name}/scaled`, 'Mul', [input, graph.floats(`${name}/scale`, [scale.length], scale)]);
      return graph.add(name, 'AddV2', [product, graph.floats(`${name}/shift`, [shift.length], shift)]);
    }
    case 'layer-norm':
      return layerNormalize(graph, operation, input, shape.length);
    case 'concatenate':
      return graph.add(name, 'ConcatV2', [...inputs, integers('axis', [operation.axis + 1], [])], {
        N: attribute.integer(inputs.length),
        ...int32('Tidx'),
      });
    case 'pad':
      return graph.add(
        name,
        'Pad',
        [input, integers('edges', [0, 0, ...operation.edges.flat()], [operation.edges.length + 1, 2])],
        int32('Tpaddings'),
      );
    case 'slice':
      return graph.add(
        name,
        'Slice',
        [input, integers('begin', [0, ...operation.begin]), integers('size', [-1, ...result])],
        int32('Index'),
      );
    case 'reshape':
      return reshape(graph, name, input, result);
    case 'transpose':
      return graph.add(name, 'Transpose', [input, integers('axes', [0, ...operation.axes.map((axis) => axis + 1)])], int32('Tperm'));
    case 'activation':
      return activation(graph, operation, input);
    case 'prelu': {
      const below = graph.add(`${name}/below`, 'Minimum', [input, number(graph, name, 0)]);
      const sloped = graph.add(`${name}/sloped`, 'Mul', [below, graph.floats(`${name}/alpha`, operation.alphaShape, operation.alpha)]);
      return graph.add(name, 'AddV2', [graph.add(`${name}/above`, 'Relu', [input]), sloped]);
    }
    case 'softmax':
      return graph.add(name, operation.logarithm ? 'LogSoftmax' : 'Softmax', [input]);
    case 'product':
      return graph.add(name, 'BatchMatMulV2', inputs, { adj_x: attribute.flag(false), adj_y: attribute.flag(operation.turned) });
    case 'lookup': {
      const rows = graph.wholeNumbers(`${name}/rows`, input);
      const table = graph.floats(
        `${operation.layer}/embeddings`,
        [operation.table.length / operation.width, operation.width],
        operation.table,
      );
      return graph.gather(name, table, rows, integers('axis', [0], []));
    }
    case 'resize':
      return graph.add(
        name,
        operation.mode === 'nearest' ? 'ResizeNearestNeighbor' : 'ResizeBilinear',
        [input, integers('size', result.slice(0, 2))],
        {
          align_corners: attribute.flag(operation.mode === 'corners'),
          half_pixel_centers: attribute.flag(operation.mode !== 'corners'),
        },
      );
    case 'enlarge':
      return graph.add(name, 'ResizeNearestNeighbor', [input, integers('size', result.slice(0, 2))], {
        align_corners: attribute.flag(false),
        half_pixel_centers: attribute.flag(true),
      });
  }
}

/** With axes of 1 behind the batch, as TensorFlow stretches from the last axis on. */
function ofRank(graph: GraphNodes, input: string, name: string, shape: readonly number[], rank: number): string {
  return shape.length === rank ? input : reshape(graph, name, input, [...Array.from({ length: rank - shape.length }, () => 1), ...shape]);
}
