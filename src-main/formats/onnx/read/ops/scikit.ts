// What scikit-learn's exporter writes in the domain ai.onnx.ml: scaling, linear models, and scores handed out as maps.
import { permuted } from '../../axis-order.ts';
import type { Flow } from '../network-builder.ts';
import type { NodeCall, OpReader } from '../node-call.ts';
import type { OnnxValue } from '../onnx-value.ts';
import { denseOn } from './dense.ts';
import { maxList } from './with-constants.ts';

/** StandardScaler and MinMaxScaler: (x − offset) · scale, a number a feature. */
const scaler: OpReader = (call) => {
  const input = call.builder.plain(call.flow(0));
  const features = input.shape.at(-1)!;
  const list = (name: string, otherwise: number): readonly number[] => {
    const values = call.floats(name) ?? [otherwise];
    if ((values.length !== features && values.length !== 1) || features > maxList || !values.every(Number.isFinite))
      throw call.damage(`its ${name} does not fit its features`);
    return values.length === 1 ? Array.from({ length: features }, () => values[0]!) : values;
  };
  const [offset, scale] = [list('offset', 0), list('scale', 1)];
  return call.same('Rescaling', { scale, offset: scale.map((factor, at) => 0 - offset[at]! * factor) }, input);
};

/** Two probabilities, of which one is what the other leaves. */
const complementary = new WeakSet<Flow>();

/** Scores of classes: coefficients [classes, features], and what makes probabilities of them. */
const linearClassifier: OpReader = (call): readonly OnnxValue[] => {
  const scores = linear(call);
  const classes = (call.ints('classlabels_ints') ?? call.texts('classlabels_strings') ?? []).length;
  if (classes !== scores.shape.at(-1)) throw call.refusal(`it tells ${classes} classes apart by ${scores.shape.at(-1)} scores`);
  return [{ kind: 'left-out', op: 'LinearClassifier' }, scores];
};

const linearRegressor: OpReader = (call) => linear(call);

function linear(call: NodeCall): Flow {
  const input = call.builder.plain(call.flow(0));
  const features = input.shape.at(-1)!;
  const [coefficients, intercepts] = [call.floats('coefficients') ?? [], call.floats('intercepts') ?? []];
  const units = coefficients.length / features;
  if (!Number.isInteger(units) || units < 1 || (intercepts.length !== 0 && intercepts.length !== units))
    throw call.damage('its coefficients do not fit its features');
  const kernel = permuted(Float32Array.from(coefficients), [units, features], [1, 0]);
  const scores = denseOn(call, input, kernel, features, units, intercepts.length === 0 ? undefined : Float32Array.from(intercepts));
  const transform = call.text('post_transform', 'NONE');
  const activation = { NONE: undefined, LOGISTIC: 'sigmoid', SOFTMAX: 'softmax' }[transform];
  if (transform !== 'NONE' && activation === undefined) throw call.refusal('it makes probabilities in a way of its own');
  if (activation === undefined) return scores;
  const result = call.same('Activation', { activation }, scores, true);
  const opposite = (list: readonly number[]): boolean =>
    list.slice(0, list.length / 2).every((value, at) => value === -list[at + list.length / 2]!);
  if (units === 2 && opposite(coefficients) && opposite(intercepts)) complementary.add(result);
  return result;
}

/** By the root of the sum of squares; by the sum only what sums to one already. */
const normalizer: OpReader = (call) => {
  const input = call.builder.plain(call.flow(0));
  const norm = call.text('norm', 'MAX');
  if (norm === 'L1' && (complementary.has(input) || call.builder.layers.get(input.layer)?.config['activation'] === 'softmax')) return input;
  if (norm !== 'L2') throw call.refusal('it divides by what flows through the network');
  return call.same('UnitNormalization', { axis: -1 }, input);
};

/** A map of classes and scores for people; the scores are what the network gives. */
const zipMap: OpReader = (call) => call.flow(0);

export const scikitReaders: ReadonlyMap<string, OpReader> = new Map(
  Object.entries({
    Scaler: scaler,
    LinearClassifier: linearClassifier,
    LinearRegressor: linearRegressor,
    Normalizer: normalizer,
    ZipMap: zipMap,
  } satisfies Record<string, OpReader>),
);
