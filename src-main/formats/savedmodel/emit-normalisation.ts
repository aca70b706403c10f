// Layer normalisation as TensorFlow's ops.
import type { LayerNormalization } from '../lowering/plain-network.ts';
import { attribute, int32, number, type GraphNodes } from './graph-nodes.ts';

/** @param rank of a sample's tensor; with the batch in front, its last axis has this number. */
export function layerNormalize(
  graph: GraphNodes,
  { output: name, epsilon, scale, shift, centred: centring }: LayerNormalization,
  input: string,
  rank: number,
): string {
  const mean = (part: string, of: string): string =>
    graph.add(`${name}/${part}`, 'Mean', [of, graph.integers(`${name}/${part}/axis`, [1], [rank])], {
      keep_dims: attribute.flag(true),
      ...int32('Tidx'),
    });
  const centred = centring ? graph.add(`${name}/centred`, 'Sub', [input, mean('mean', input)]) : input;
  const variance = mean('variance', graph.add(`${name}/squares`, 'Mul', [centred, centred]));
  const factor = graph.add(`${name}/factor`, 'Rsqrt', [graph.add(`${name}/above zero`, 'AddV2', [variance, number(graph, name, epsilon)])]);
  const normal = graph.add(`${name}/normal`, 'Mul', [centred, factor]);
  const scaled = graph.add(`${name}/scaled`, 'Mul', [normal, graph.floats(`${name}/scale`, [scale.length], scale)]);
  return graph.add(name, 'AddV2', [scaled, graph.floats(`${name}/shift`, [shift.length], shift)]);
}
