// Orders of axes: how a tensor as it is stored relates to the tensor that is meant (Keras keeps channels last, ONNX first).

/**
 * Axis k of the stored tensor is axis `order[k]` of the tensor that is meant. An image (N, H, W, C) stored as (N, C, H, W) has the order [0, 3, 1, 2].
 */
export type AxisOrder = readonly number[];

export function plainOrder(rank: number): AxisOrder {
  return Array.from({ length: rank }, (_, axis) => axis);
}

export function equalOrders(one: AxisOrder, other: AxisOrder): boolean {
  return one.length === other.length && one.every((axis, at) => axis === other[at]);
}

export function isPlain(order: AxisOrder): boolean {
  return order.every((axis, at) => axis === at);
}

/** The tensor meant is (N, spatial…, C), stored as (N, C, spatial…). */
export function channelsFirst(rank: number): AxisOrder {
  return [0, rank - 1, ...Array.from({ length: rank - 2 }, (_, axis) => axis + 1)];
}

/** The tensor meant is (N, C, spatial…), stored as (N, spatial…, C). */
export function channelsLast(rank: number): AxisOrder {
  return [0, ...Array.from({ length: rank - 2 }, (_, axis) => axis + 2), 1];
}

/** The permutation that turns a tensor stored as `from` into one stored as `to`: result axis k is axis `p[k]`. */
export function between(from: AxisOrder, to: AxisOrder): AxisOrder {
  return to.map((axis) => from.indexOf(axis));
}

/** The sizes in the order in which they are stored. */
export function arranged<T>(sizes: readonly T[], order: AxisOrder): T[] {
  return order.map((axis) => sizes[axis]!);
}

/** Axis k of the result is axis `order[k]` of the source; the source itself where nothing moves. */
export function permuted(data: Float32Array, shape: readonly number[], order: AxisOrder): Float32Array {
  const moving = order.filter((axis) => shape[axis] !== 1);
  if (moving.every((axis, at) => at === 0 || axis > moving[at - 1]!)) return data;
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const sizes = arranged(shape, order);
  const steps = arranged(strides, order);
  const result = new Float32Array(data.length);
  const inner = sizes.length - 1;
  const [innerSize, innerStep] = [sizes[inner]!, steps[inner]!];
  const counters = sizes.map(() => 0);
  for (let at = 0, start = 0; at < result.length;) {
    for (let index = 0, from = start; index < innerSize; index++, from += innerStep) result[at++] = data[from]!;
    for (let axis = inner - 1; axis >= 0; axis--) {
      start += steps[axis]!;
      if (++counters[axis]! < sizes[axis]!) break;
      start -= steps[axis]! * sizes[axis]!;
      counters[axis] = 0;
    }
  }
  return result;
}

/**
 * A dense kernel's rows, from the order in which `meant` sizes are flattened to that in which they are stored.
 * Worked example: (H, W, C) = (1, 2, 2) stored as (C, H, W): the rows 0 1 2 3 = (w0c0, w0c1, w1c0, w1c1) come as 0 2 1 3.
 * @param kernel [rows, units] @param order of the axes of `meant`, without the batch.
 */
export function permutedRows(kernel: Float32Array, meant: readonly number[], order: AxisOrder, units: number): Float32Array {
  return permuted(kernel, [...meant, units], [...order, meant.length]);
}
