// A layer as several in a row, wherever in the network it stands: what it needs before and after itself.
import { layersOf } from '#network/graph.ts';
import type { Json, JsonObject, LayerConfig, Topology } from '#network/model-artifact.ts';
import { isList } from '../containers/json.ts';
import type { NamedLayer } from './equal-layers.ts';
import { modelClasses } from './layer-table.ts';

export interface Expansion {
  readonly before: readonly NamedLayer[];
  /** Keeps its name, and so its weights. */
  readonly layer: NamedLayer;
  readonly after: readonly NamedLayer[];
}

type Expand = (layer: LayerConfig) => Expansion | undefined;

/** Every layer that `expand` has an answer for, nested ones included; who asked for its output gets that of the last one after it. */
export function expanded(topology: Topology, expand: Expand): Topology {
  const taken = new Set<string>();
  collectNames(topology.config.layers, taken);
  return { ...topology, config: modelOf(topology.config, expand, taken) };
}

function collectNames(layers: readonly LayerConfig[], names: Set<string>): void {
  for (const { class_name: className, config } of layers) {
    names.add(String(config['name']));
    if (modelClasses.has(className)) collectNames(layersOf(config), names);
  }
}

function modelOf<Config extends Topology['config'] | JsonObject>(config: Config, expand: Expand, taken: Set<string>): Config {
  const layers = layersOf(config);
  const rows = layers.map((layer) => {
    const expansion = modelClasses.has(layer.class_name) ? undefined : expand(layer);
    return expansion === undefined ? undefined : namedRow(layer, expansion, taken);
  });
  const lasts = new Map(
    rows.flatMap((row, at) => (row === undefined ? [] : [[String(layers[at]!.config['name']), String(row.at(-1)!.config['name'])]])),
  );
  const changed = layers.flatMap((given, at): LayerConfig[] => {
    const layer = given.inbound_nodes === undefined ? given : { ...given, inbound_nodes: referring(given.inbound_nodes, lasts) as Json[] };
    const row = rows[at];
    if (row !== undefined) return connected(layer, row);
    return [modelClasses.has(layer.class_name) ? { ...layer, config: modelOf(layer.config, expand, taken) } : layer];
  });
  const { output_layers: outputs } = config;
  return { ...config, layers: changed, ...(outputs === undefined ? {} : { output_layers: referring(outputs, lasts) }) };
}

function namedRow(layer: LayerConfig, { before, layer: is, after }: Expansion, taken: Set<string>): NamedLayer[] {
  const name = String(layer.config['name']);
  const unused = (base: string): string => {
    let found = base;
    for (let count = 2; taken.has(found); count++) found = `${base}_${count}`;
    taken.add(found);
    return found;
  };
  const around = ({ className, config }: NamedLayer, which: string): NamedLayer => ({
    className,
    config: { name: unused(`${name}_${which}`), ...config },
  });
  return [
    ...before.map((each) => around(each, 'before')),
    { className: is.className, config: { ...is.config, name } },
    ...after.map((each) => around(each, 'after')),
  ];
}

/** In a Sequential the first of them says what shape comes in; in a Functional model each is called as often as the layer was. */
function connected(layer: LayerConfig, row: readonly NamedLayer[]): LayerConfig[] {
  const { batch_input_shape: shape } = layer.config;
  return row.map(({ className, config: given }, at) => {
    const { batch_input_shape: _, ...config } = given;
    const first = at === 0 && shape !== undefined ? { ...config, batch_input_shape: shape } : config;
    const name = String(config['name']);
    const calls = layer.inbound_nodes;
    if (calls === undefined) return { class_name: className, config: first };
    const inbound = at === 0 ? calls : calls.map((_call, call): Json => [[String(row[at - 1]!.config['name']), call, 0, {}]]);
    return { class_name: className, name, config: first, inbound_nodes: inbound };
  });
}

/** References, `[layer, call, output, …]`, wherever they are in the list. */
function referring(value: Json, lasts: ReadonlyMap<string, string>): Json {
  if (!isList(value)) return value;
  const [first, ...rest] = value;
  return typeof first === 'string' ? [lasts.get(first) ?? first, ...rest] : value.map((each) => referring(each, lasts));
}
