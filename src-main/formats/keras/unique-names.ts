// One name for one layer in the whole network: nested models may use a name again that another model has.
import type { Json, JsonObject, LayerConfig, Topology } from '#network/model-artifact.ts';
import { isList, isObject } from '../containers/json.ts';
import { layersOf } from '#network/graph.ts';
import { modelClasses } from './layer-table.ts';

/** A layer's final name by where it is written: the names of the models around it and its own. */
export type FinalNames = (path: readonly string[]) => string;

/** The second `conv` of a network, in the nested model `block`, becomes `block_conv`; what no name may have becomes `_`. */
export function withUniqueNames(topology: Topology): { readonly topology: Topology; readonly nameOf: FinalNames } {
  const taken = new Set(topology.config.layers.map(({ config }) => String(config['name'])));
  const names = new Map<string, string>();
  const visit = (layers: readonly LayerConfig[], path: readonly string[]): LayerConfig[] => {
    const own = new Map(
      layers.map(({ config }) => {
        const name = String(config['name']);
        const bare = plainName(name);
        const final = path.length === 0 && bare === name ? name : unused(taken, bare, path);
        names.set([...path, name].join('\n'), final);
        return [name, final];
      }),
    );
    return layers.map((layer) => {
      const name = String(layer.config['name']);
      const final = own.get(name)!;
      const nested = modelClasses.has(layer.class_name);
      const config: JsonObject = nested
        ? {
            ...layer.config,
            layers: visit(layersOf(layer.config), [...path, name]).map((inner): JsonObject => ({
              ...inner,
              inbound_nodes: inner.inbound_nodes ?? [],
            })),
          }
        : layer.config;
      const renamed = withNames(layer, final, own);
      const inside = nested ? innerNames(config, names, [...path, name]) : {};
      return { ...renamed, config: { ...config, ...inside, name: final } };
    });
  };
  const layers = visit(topology.config.layers, []);
  const ends = innerNames(endsOf(topology.config), names, []);
  return {
    topology: { ...topology, config: { ...topology.config, ...ends, layers } },
    nameOf: (path) => names.get(path.join('\n')) ?? path.at(-1) ?? '',
  };
}

/** Letters, digits, `.`, `_` and `-`, the first a letter or a digit, as tfjs wants them; not the name of what every object has, as `constructor`. */
export function plainName(name: string): string {
  const plain = name.replace(/[^\w.-]/g, '_').replace(/^(?=[^A-Za-z0-9]|$)/, 'layer');
  return plain in Object.prototype ? `${plain}_` : plain;
}

function endsOf({ input_layers: inputs, output_layers: outputs }: Topology['config']): JsonObject {
  return { ...(inputs === undefined ? {} : { input_layers: inputs }), ...(outputs === undefined ? {} : { output_layers: outputs }) };
}

function withNames(layer: LayerConfig, name: string, own: ReadonlyMap<string, string>): LayerConfig {
  return {
    ...layer,
    ...(layer.name === undefined ? {} : { name }),
    ...(layer.inbound_nodes === undefined ? {} : { inbound_nodes: layer.inbound_nodes.map((node) => renamed(node, own)) }),
  };
}

/** References, `[layer, call, output, …]`, wherever they are in the list. */
function renamed(value: Json, own: ReadonlyMap<string, string>): Json {
  if (!isList(value)) return value;
  const [first, ...rest] = value;
  if (typeof first === 'string') return [own.get(first) ?? first, ...rest];
  return value.map((each) => (isObject(each) ? each : renamed(each, own)));
}

/** A nested model's own ends. */
function innerNames(config: JsonObject, names: ReadonlyMap<string, string>, path: readonly string[]): JsonObject {
  const own = { get: (name: string): string | undefined => names.get([...path, name].join('\n')) };
  const ends = ['input_layers', 'output_layers'] as const;
  return Object.fromEntries(
    ends.flatMap((key) => (config[key] === undefined ? [] : [[key, renamed(config[key], own as ReadonlyMap<string, string>)]])),
  );
}

function unused(taken: Set<string>, name: string, path: readonly string[]): string {
  let final = name;
  for (let depth = 1; taken.has(final) && depth <= path.length; depth++) final = [...path.slice(-depth), name].join('_');
  for (let count = 2, base = final; taken.has(final); count++) final = `${base}_${count}`;
  taken.add(final);
  return final;
}
