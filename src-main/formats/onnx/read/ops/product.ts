// MatMul of two flows, as in attention: matrix by matrix a Dot, head by head where there are several.
import { plainOrder } from '../../axis-order.ts';
import type { Flow } from '../network-builder.ts';
import type { NodeCall } from '../node-call.ts';
import { cut } from './padding-and-cutting.ts';

/** Each is a Dot of its own. */
const mostHeads = 64;

/** (N, m, k) by (N, k, n), or (N, heads, m, k) by (N, heads, k, n). */
export function productOf(call: NodeCall, left: Flow, right: Flow): Flow {
  const [one, other] = [call.builder.plain(left), call.builder.plain(right)];
  const rank = one.shape.length;
  const [rows, inner, columns] = [one.shape.at(-2)!, one.shape.at(-1)!, other.shape.at(-1)!];
  if (other.shape.length !== rank || (rank !== 3 && rank !== 4)) throw call.refusal('it is no product of matrices, sample by sample');
  if (other.shape.at(-2) !== inner || (rank === 4 && one.shape[1] !== other.shape[1])) throw call.damage("its inputs' shapes don't fit");
  const dot = (a: Flow, b: Flow): Flow =>
    call.layer('Dot', { axes: [2, 1], normalize: false }, [a, b], [one.shape[0]!, rows, columns], plainOrder(3));
  if (rank === 3) return dot(one, other);
  const heads = one.shape[1]!;
  if (heads > mostHeads) throw call.refusal(`it has ${heads} heads`);
  const products = Array.from({ length: heads }, (_, head): Flow => {
    const matrix = dot(matrixOf(call, one, head), matrixOf(call, other, head));
    return call.layer('Reshape', { target_shape: [1, rows, columns] }, [matrix], [one.shape[0]!, 1, rows, columns], plainOrder(4));
  });
  const shape = [one.shape[0]!, heads, rows, columns];
  return heads === 1 ? products[0]! : call.layer('Concatenate', { axis: 1 }, products, shape, plainOrder(4));
}

/** (N, heads, m, k) to (N, m, k). */
function matrixOf(call: NodeCall, flow: Flow, head: number): Flow {
  const [batch = 0, heads = 1, rows = 1, columns = 1] = flow.shape;
  const only = call.builder.plain(cut(call, flow, 1, head, heads - 1 - head));
  return call.layer('Reshape', { target_shape: [rows, columns] }, [only], [batch, rows, columns], plainOrder(3));
}
