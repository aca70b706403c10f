// Where Keras 3 puts each layer's weights in model.weights.h5: `layers/<snake_case class>[_n]/vars/<i>`.
import { wrapped } from '#network/layers/wrapping.ts';
import type { JsonObject, LayerConfig, Topology } from '#network/model-artifact.ts';
import { modelClasses } from './layer-table.ts';
import { innerLayers, leafLayers, type LayerWeights } from './weight-names.ts';

/** As keras/src/utils/naming.py has it: Conv2D → conv2d, MaxPooling2D → max_pooling2d, ReLU → re_lu. */
export function snakeCase(name: string): string {
  return name
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

/** Where a model's layers are that a TimeDistributed is around. */
export const atEachStep = /\/layer\/layers(\/|$)/;

export interface WeightGroup {
  /** The group that holds `vars`. */
  readonly path: string;
  readonly name: string;
  /** Absent where the group is a nested model. */
  readonly layer: LayerWeights | undefined;
}

/** One group a layer, in order. A Sequential doesn't count its input layer among its layers. */
export function weightGroups(
  topology: Topology,
  rename: (container: string, name: string, counted: string) => string = (_container, _name, counted) => counted,
  innerOf: (path: string) => string = (path) => `${path}/layers`,
): WeightGroup[] {
  const leaves = new Map(leafLayers(topology).map((leaf) => [leaf.path.join('\n'), leaf]));
  const visit = (className: string, layers: readonly LayerConfig[], container: string, names: readonly string[]): WeightGroup[] => {
    const used = new Map<string, number>();
    return layers
      .filter((layer) => modelClasses.get(className) !== 'Sequential' || layer.class_name !== 'InputLayer')
      .flatMap((layer) => {
        // In a model that is called at every step the file has the layers as they are without the wrapper.
        const bare = atEachStep.test(container) && layer.class_name === 'TimeDistributed' ? wrapped(layer.config).type : layer.class_name;
        const snake = snakeCase(bare);
        const count = used.get(snake) ?? 0;
        used.set(snake, count + 1);
        const name = String(layer.config.name);
        const path = `${container}/${rename(container, name, count === 0 ? snake : `${snake}_${count}`)}`;
        const here = [...names, name];
        const group = { path, name, layer: leaves.get(here.join('\n')) };
        return modelClasses.has(layer.class_name)
          ? [group, ...visit(layer.class_name, innerLayers(layer.config), innerOf(path), here)]
          : [group];
      });
  };
  return visit(topology.class_name, topology.config.layers, 'layers', []);
}

/** Part of a layer's weights, and the group within the layer's own that holds its `vars`; `''` for the layer's own. */
export interface WeightSlot {
  readonly path: string;
  readonly weights: readonly string[];
}

/** A recurrent layer keeps its weights in its cell, a wrapper in the layers that it is around, an attention in its projections. */
export function weightSlots(className: string, config: JsonObject, weights: readonly string[]): readonly WeightSlot[] {
  const of = (prefix: string, path: string): WeightSlot => ({ path, weights: weights.filter((weight) => weight.startsWith(prefix)) });
  switch (className) {
    case 'SimpleRNN':
    case 'GRU':
    case 'LSTM':
      return [of('', 'cell')];
    case 'Bidirectional':
      return [of('forward_rnn/', 'forward_layer/cell'), of('backward_rnn/', 'backward_layer/cell')];
    case 'TimeDistributed': {
      const { type, config: inner } = wrapped(config);
      return weightSlots(type, inner, weights).map(({ path, weights: held }) => ({
        path: path === '' ? 'layer' : `layer/${path}`,
        weights: held,
      }));
    }
    case 'MultiHeadAttention':
      return [of('query/', 'query_dense'), of('key/', 'key_dense'), of('value/', 'value_dense'), of('attention_output/', 'output_dense')];
    default:
      return [of('', '')];
  }
}
