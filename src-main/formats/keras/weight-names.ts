// Which weights a topology has, in order, and the tensors of a file put under those names.
import type { JsonObject, LayerConfig, NamedTensor, Topology } from '#network/model-artifact.ts';
import { isList, isObject } from '../containers/json.ts';
import type { NumericArray } from '../numeric-array.ts';
import { refusal, type Place } from '../refusal.ts';
import { layerTable, modelClasses } from './layer-table.ts';

export interface LayerWeights {
  readonly className: string;
  readonly layer: string;
  /** The names of the models it is nested in and its own, from the outside in. */
  readonly path: readonly string[];
  readonly config: JsonObject;
  readonly weights: readonly string[];
}

/** Every layer that isn't itself a model, nested ones included, in the order of the topology. */
export function leafLayers(topology: Topology): LayerWeights[] {
  return leaves(topology.config.layers, []);
}

function leaves(layers: readonly LayerConfig[], path: readonly string[]): LayerWeights[] {
  return layers.flatMap(({ class_name: className, config }) => {
    const here = [...path, String(config.name)];
    if (modelClasses.has(className)) return leaves(innerLayers(config), here);
    return [{ className, layer: String(config.name), path: here, config, weights: layerTable.get(className)?.weights(config) ?? [] }];
  });
}

/** The layers of a nested model. */
export function innerLayers(config: JsonObject): LayerConfig[] {
  return (isList(config.layers) ? config.layers : []).flatMap((layer) =>
    isObject(layer) && typeof layer.class_name === 'string' && isObject(layer.config)
      ? [{ class_name: layer.class_name, config: layer.config }]
      : [],
  );
}

/** @param layer the name that the layer ends up with. @throws StudioError where the tensor isn't float or contradicts the layer's settings. */
export function weightTensor(of: LayerWeights, weight: string, array: NumericArray, place: Place, layer = of.layer): NamedTensor {
  const name = `${layer}/${weight}`;
  const at = { ...place, member: name };
  if (array.dtype !== 'float32' && weight !== 'count')
    throw refusal(
      'unsupported',
      at,
      'It holds whole numbers; weights are read as floating-point numbers.',
      'Save the model before quantising it.',
    );
  const rule = layerTable.get(of.className);
  const first = weight === of.weights[0];
  const biasRank = of.className === 'GRU' && of.config['reset_after'] === true ? 2 : 1;
  const expectedRank = first
    ? rule?.kernelRank
    : weight === 'bias' && !/^(TimeDistributed|EinsumDense)$/.test(of.className)
      ? biasRank
      : undefined;
  const outputs = rule?.outputs === undefined ? undefined : of.config[rule.outputs];
  const last = array.shape.at(-1);
  const fits =
    (expectedRank === undefined || array.shape.length === expectedRank) && (!first || typeof outputs !== 'number' || last === outputs);
  if (!fits) throw refusal('damaged-file', at, `Its shape (${array.shape.join(', ')}) does not fit the layer's settings.`);
  return { name, dtype: array.dtype, shape: array.shape, data: array.data };
}

/** Full names as a file has them (`model/dense/kernel:0`), found again by their last parts (`dense/kernel`). */
export function nameIndex(names: readonly string[]): (wanted: string) => string | undefined {
  const bySuffix = new Map<string, string | null>();
  for (const name of names) {
    const bare = name.replace(/:\d+$/, '');
    for (let start = 0; start >= 0 && start < bare.length; start = bare.indexOf('/', start) + 1 || -1) {
      const suffix = bare.slice(start);
      // A whole name wins over another's ending; two endings alike are none.
      if (start === 0 || !bySuffix.has(suffix)) bySuffix.set(suffix, name);
      else if (bySuffix.get(suffix)?.replace(/:\d+$/, '') !== suffix) bySuffix.set(suffix, null);
    }
  }
  return (wanted) => bySuffix.get(wanted) ?? undefined;
}
