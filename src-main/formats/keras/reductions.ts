// Means, sums, extremes and norms over any axes, as poolings over the axes that go.
import { activation, axesOf, chained, permuted, product, reshaped, rescaling, sampleOf } from './operation-call.ts';
import type { Given, OperationLayer, OperationLayers, Rule } from './operation-call.ts';
import type { NamedLayer } from './equal-layers.ts';

/** The layers that pool the axes away; undefined where a size that they need isn't told. */
function pooled(kind: 'Average' | 'Max', given: Given, keepdims: boolean): { row: NamedLayer[]; count: number | undefined } | undefined {
  const [{ shape }, sizes] = [given, sampleOf(given)];
  const axis = given.value(1, 'axis', 'dim');
  // Where the file doesn't tell the shape, axes counted from the front are taken for all that lie between batch and channels.
  const rank = shape?.length ?? (Array.isArray(axis) ? axis.length : 1) + 2;
  const axes = axesOf(axis, rank);
  if (axes === undefined) return undefined;
  const count = sizes === undefined ? undefined : product(axes.map((each) => sizes[each - 1]!));
  if (axes.length === rank - 2 && axes.length <= 3 && axes.every((each, at) => each === at + 1))
    return { row: [{ className: `Global${kind}Pooling${axes.length}D`, config: { data_format: 'channels_last', keepdims } }], count };
  if (sizes === undefined) return undefined;
  const rest = sizes.map((_, at) => at + 1).filter((each) => !axes.includes(each));
  const kept = sizes.flatMap((size, at) => (axes.includes(at + 1) ? (keepdims ? [1] : []) : [size]));
  // A single number a sample has no axis left beside the batch, which no layer gives.
  if (kept.length === 0) return undefined;
  const order = [...axes, ...rest];
  return {
    row: [
      ...(order.every((each, at) => each === at + 1) ? [] : [permuted(order)]),
      reshaped([count!, product(rest.map((each) => sizes[each - 1]!))]),
      { className: `Global${kind}Pooling1D`, config: { data_format: 'channels_last', keepdims: false } },
      reshaped(kept),
    ],
    count,
  };
}

const keeps = (given: Given): boolean => given.value(2, 'keepdims') === true;

export const pooling =
  (kind: 'Average' | 'Max'): Rule =>
  (given) => {
    const found = pooled(kind, given, keeps(given));
    return found === undefined ? undefined : chained(given, ...found.row);
  };

/** As many times the mean as there are entries. */
export const total: Rule = (given) => {
  const found = pooled('Average', given, keeps(given));
  return found?.count === undefined ? undefined : chained(given, ...found.row, rescaling(found.count, 0));
};

/** min x = −max −x */
export const least: Rule = (given) => {
  const found = pooled('Max', given, keeps(given));
  return found === undefined ? undefined : chained(given, rescaling(-1, 0), ...found.row, rescaling(-1, 0));
};

const squared: OperationLayer = { className: 'Multiply', config: {} };

/** The mean of (x − mean)². */
export const variance =
  (deviation: boolean): Rule =>
  (given): OperationLayers | undefined => {
    const [mean, spread] = [pooled('Average', given, true), pooled('Average', given, keeps(given))];
    const [input] = given.tensors;
    if (mean === undefined || spread === undefined || input === undefined || given.tensors.length !== 1) return undefined;
    if ((given.value(4, 'ddof', 'correction') ?? 0) !== 0) return undefined;
    const centred = mean.row.length;
    return {
      chain: [
        ...mean.row,
        { className: 'Subtract', config: {}, from: [input, centred - 1] },
        { ...squared, from: [centred, centred] },
        ...spread.row,
        ...(deviation ? [activation('sqrt')] : []),
      ],
      inputs: given.tensors,
    };
  };

/** √ Σ x² (its order 2, as where nothing is said), or Σ |x|. */
export const norm: Rule = (given): OperationLayers | undefined => {
  const order = given.value(3, 'ord') ?? 2;
  const found = pooled('Average', given, keeps(given));
  if (found?.count === undefined || (order !== 2 && order !== 'euclidean') || given.tensors.length !== 1) return undefined;
  if (Array.isArray(given.value(1, 'axis')) && (given.value(1, 'axis') as readonly unknown[]).length > 1) return undefined;
  const [input] = given.tensors;
  return {
    chain: [{ ...squared, from: [input!, input!] }, ...found.row, rescaling(found.count, 0), activation('sqrt')],
    inputs: given.tensors,
  };
};

/** x over its length along one axis. */
export const normalized: Rule = (given) => {
  const axis = given.value(1, 'axis') ?? -1;
  if ((given.value(2, 'order') ?? 2) !== 2 || typeof axis !== 'number') return undefined;
  given.value(3, 'epsilon');
  return chained(given, { className: 'UnitNormalization', config: { axis } });
};
