// An optimizer and what it remembers, between Keras's files and ours: its configuration, and its variables in Keras's order.
import type { Json, JsonObject, ModelArtifact, NamedTensor, Topology } from '#network/model-artifact.ts';
import { lastingSlots, slotsInOrder, type OptimizerName, type TrainingState } from '#network/training-state.ts';
import { isList, isObject } from '../containers/json.ts';
import type { NumericArray } from '../numeric-array.ts';
import { modelClasses } from './layer-table.ts';
import type { FinalNames } from './unique-names.ts';
import { innerLayers, leafLayers, type LayerWeights } from './weight-names.ts';

const classNames: Record<OptimizerName, string> = {
  sgd: 'SGD',
  momentum: 'SGD',
  nesterov: 'SGD',
  adam: 'Adam',
  adamw: 'AdamW',
  rmsprop: 'RMSprop',
};
const losses = { categorical: 'sparse_categorical_crossentropy', binary: 'binary_crossentropy', mse: 'mean_squared_error' } as const;
/** Settings of each class beside those that all have, as the engine computes with them. */
const own: Record<string, JsonObject> = {
  Adam: { beta_1: 0.9, beta_2: 0.999, epsilon: 1e-7, amsgrad: false },
  AdamW: { beta_1: 0.9, beta_2: 0.999, epsilon: 1e-7, amsgrad: false },
  RMSprop: { rho: 0.9, epsilon: 1e-7, centered: false },
};

/** Where an .h5 file of ours keeps the optimizer. */
export const ownOptimizer = 'espalier_optimizer';

export interface WrittenOptimizer {
  readonly className: string;
  readonly config: JsonObject;
  readonly loss: string;
  /** By name, as in Keras: the first is the number of steps. */
  readonly variables: readonly { readonly name: string; readonly shape: readonly number[]; readonly data: Float32Array | BigInt64Array }[];
}

/**
 * Null where the network carries no state, or one that doesn't belong to its weights. The variables are Keras 3's, in its order.
 * @param topology in the order that Keras lists its layers in
 */
export function writtenOptimizer({ training, weights }: ModelArtifact, topology: Topology): WrittenOptimizer | null {
  if (training === undefined) return null;
  const { optimizer, rate, weightDecay, clip, loss, steps } = training;
  const byName = new Map(weights.map((tensor) => [tensor.name, tensor]));
  const trained = trainedWeights(topology).flatMap(({ layer, weight }) => byName.get(`${layer.layer}/${weight}`) ?? []);
  const slots = slotsInOrder(training, lastingSlots[optimizer].length === 0 ? [] : trained);
  if (slots === undefined) return null;
  const className = classNames[optimizer];
  // Left out where it is 0: Keras wants 0.0, which JSON from here has no way to say.
  const momentum = optimizer === 'momentum' || optimizer === 'nesterov' ? { momentum: 0.9, nesterov: optimizer === 'nesterov' } : {};
  const scope = className.toLowerCase();
  return {
    className,
    config: {
      name: scope,
      learning_rate: rate,
      weight_decay: weightDecay > 0 ? weightDecay : null,
      clipnorm: null,
      global_clipnorm: clip > 0 ? clip : null,
      clipvalue: null,
      use_ema: false,
      ema_momentum: 0.99,
      ema_overwrite_frequency: null,
      ...momentum,
      ...own[className],
    },
    loss: losses[loss],
    variables: [
      { name: `${scope}/iteration`, shape: [], data: BigInt64Array.of(BigInt(steps)) },
      { name: `${scope}/learning_rate`, shape: [], data: Float32Array.of(rate) },
      ...slots.map(({ name, shape, data }) => ({ name: `${scope}/${name}`, shape, data: Float32Array.from(data) })),
    ],
  };
}

/** The configuration in `compile_config` (Keras 3) or `training_config` (Keras 2), and the variables that belong to it. */
export interface ReadOptimizer {
  readonly optimizer: Json | undefined;
  readonly loss: Json | undefined;
  /** Read only where the optimizer is one that we know. */
  readonly variables: () => readonly NumericArray[];
}

/**
 * The state under the names that the network's weights end up with; undefined where there is none, or where the optimizer computes otherwise
 * than ours do: then training begins with a fresh one.
 */
export function readOptimizer(
  { optimizer, loss, variables }: ReadOptimizer,
  topology: Topology,
  nameOf: FinalNames,
): TrainingState | undefined {
  if (!isObject(optimizer) || typeof optimizer.class_name !== 'string' || !isObject(optimizer.config)) return undefined;
  const className = optimizer.class_name.replace(/^.*>/, '');
  const { config } = optimizer;
  const name = nameFor(className, config);
  const known = lossOf(loss);
  const rate = config.learning_rate;
  const odd = Object.entries(own[className] ?? {}).some(([key, value]) => config[key] !== undefined && !sameValue(config[key], value));
  if (className === 'RMSprop' && (config.momentum ?? 0) !== 0) return undefined;
  const unlike = ['clipnorm', 'clipvalue', 'loss_scale_factor', 'gradient_accumulation_steps'].some(
    (key) => (config[key] ?? null) !== null,
  );
  if (name === undefined || known === undefined || typeof rate !== 'number' || odd || unlike || config.use_ema === true) return undefined;
  const [iteration, ...rest] = variables();
  const steps = Number(iteration?.data[0] ?? NaN);
  if (iteration === undefined || iteration.shape.length > 0 || !Number.isInteger(steps) || steps < 0) return undefined;
  const withRate = rest[0]?.shape.length === 0;
  const kept = withRate ? rest.slice(1) : rest;
  // Keras 2's first optimizers list slot after slot, all others weight after weight.
  const grouped = !withRate && config.is_legacy_optimizer !== false;
  const trained = trainedWeights(topology);
  const slotNames = lastingSlots[name];
  const spare = name === 'sgd' && kept.length === trained.length;
  if (!spare && kept.length !== trained.length * slotNames.length) return undefined;
  const slots = trained.flatMap(({ layer, weight }, at) =>
    slotNames.map((slot, index): NamedTensor => {
      const { shape, data } = kept[grouped ? index * trained.length + at : at * slotNames.length + index]!;
      return { name: `${nameOf(layer.path)}/${weight}/${slot}`, dtype: 'float32', shape, data: Float32Array.from(data) };
    }),
  );
  const decay = config.weight_decay;
  const clip = config.global_clipnorm;
  return {
    optimizer: name,
    rate,
    weightDecay: typeof decay === 'number' ? decay : 0,
    clip: typeof clip === 'number' ? clip : 0,
    loss: known,
    steps,
    slots,
  };
}

function nameFor(className: string, { momentum, nesterov }: JsonObject): OptimizerName | undefined {
  if (className === 'SGD')
    return (momentum ?? 0) === 0 ? 'sgd' : !sameValue(momentum, 0.9) ? undefined : nesterov === true ? 'nesterov' : 'momentum';
  return className === 'Adam' ? 'adam' : className === 'AdamW' ? 'adamw' : className === 'RMSprop' ? 'rmsprop' : undefined;
}

function sameValue(given: Json | undefined, wanted: Json): boolean {
  return typeof given === 'number' && typeof wanted === 'number' ? Math.abs(given - wanted) <= 1e-6 * Math.abs(wanted) : given === wanted;
}

function lossOf(given: Json | undefined): TrainingState['loss'] | undefined {
  const name = (typeof given === 'string' ? given : isObject(given) ? String(given.class_name ?? given.config ?? '') : '')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
  if (name === 'sparse_categorical_crossentropy' || name === 'categorical_crossentropy') return 'categorical';
  return name === 'binary_crossentropy' ? 'binary' : name === 'mse' || name === 'mean_squared_error' ? 'mse' : undefined;
}

/** As Keras lists what it trains: layer by layer, without frozen ones and those within frozen models. */
function trainedWeights(topology: Topology): { readonly layer: LayerWeights; readonly weight: string }[] {
  const frozen = frozenPaths(topology);
  return leafLayers(topology)
    .filter(
      ({ path, className }) => className !== 'Normalization' && !path.some((_, depth) => frozen.has(path.slice(0, depth + 1).join('\n'))),
    )
    .flatMap((layer) => layer.weights.filter((weight) => !weight.includes('moving_')).map((weight) => ({ layer, weight })));
}

function frozenPaths(topology: Topology): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (layers: readonly { class_name: string; config: JsonObject }[], path: readonly string[]): void => {
    for (const { class_name: className, config } of layers) {
      const here = [...path, String(config.name)];
      if (config.trainable === false) found.add(here.join('\n'));
      if (modelClasses.has(className) && isList(config.layers)) visit(innerLayers(config), here);
    }
  };
  visit(topology.config.layers, []);
  return found;
}
