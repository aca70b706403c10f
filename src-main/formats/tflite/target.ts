// What operators are written into, and the tensors between them.
import { shapeIn, type PlainNetwork } from '../lowering/plain-network.ts';
import type { NumberFormat } from './number-format.ts';
import type { Quantization, TfliteGraph } from './tflite-graph.ts';

/** Where operators go: the graph, how numbers are held, and the network whose tensors they are. */
export interface Target {
  readonly graph: TfliteGraph;
  readonly format: NumberFormat;
  readonly network: PlainNetwork;
}

/** The number of a tensor of the network. */
export function activation({ graph, format, network }: Target, name: string): number {
  return temporary({ graph, format }, name, shapeIn(network, name), format.quantization(name));
}

/** A tensor that only TFLite has, between the operators of one operation. */
export function temporary(
  { graph, format }: Pick<Target, 'graph' | 'format'>,
  name: string,
  shape: readonly number[],
  quantization: Quantization | undefined,
): number {
  return graph.tensor({ name, shape: [1, ...shape], type: format.activations, quantization });
}
