// In which order of axes an input of an ONNX graph becomes an input of ours: images have their channels last here.
import type { GraphProto } from '../generated/onnx_pb.ts';
import { channelsLast, plainOrder, type AxisOrder } from '../axis-order.ts';

/** Ops that take axis 1 for the channels. */
const channelsAtOne = new Set([
  'Conv',
  'ConvTranspose',
  'MaxPool',
  'AveragePool',
  'GlobalAveragePool',
  'GlobalMaxPool',
  'BatchNormalization',
  'InstanceNormalization',
  'Resize',
  'Upsample',
  'PRelu',
]);
/** Ops that look at each entry alone, so that what follows decides. */
const entryByEntry = new Set([
  'Add',
  'Sub',
  'Mul',
  'Div',
  'Cast',
  'Identity',
  'Dropout',
  'Relu',
  'Clip',
  'Pad',
  'Slice',
  'Concat',
  'Sigmoid',
  'Tanh',
]);
const maxSteps = 64;

/**
 * (N, C, H, W) comes as (N, H, W, C), and (N, C, L) as (N, L, C) where a convolution or the like takes axis 1 for channels. An image that is transposed or
 * multiplied first stays as it is: there channels are last already, or there are none.
 */
export function inputOrder(graph: GraphProto, input: string, rank: number): AxisOrder {
  if (rank < 3 || rank > 5) return plainOrder(rank);
  const decided = firstDecider(graph, input);
  if (decided !== undefined && channelsAtOne.has(decided)) return channelsLast(rank);
  return rank === 4 && (decided === 'Flatten' || decided === 'Reshape') ? channelsLast(rank) : plainOrder(rank);
}

function firstDecider(graph: GraphProto, input: string): string | undefined {
  const waiting = [input];
  for (let step = 0; step < maxSteps && waiting.length > 0; step++) {
    const name = waiting.shift()!;
    for (const node of graph.node) {
      if (!node.input.includes(name)) continue;
      if (!entryByEntry.has(node.opType)) {
        if (node.opType !== 'Shape') return node.opType;
      } else if (node.output[0] !== undefined) waiting.push(node.output[0]);
    }
  }
  return undefined;
}
