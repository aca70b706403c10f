// The same network without its last softmax or sigmoid: the loss is worked out from logits, which neither overflow nor lose digits near 0
// and 1.
import type { Json, JsonObject, LayerConfig, ModelArtifact, Topology } from '#network/model-artifact.ts';

/** How the network's answers are read: probabilities over classes, one probability, or bare scores (taken as logits over classes). */
export type Head = 'softmax' | 'sigmoid' | 'scores';

export interface TrainingView {
  /** Same weights under the same names; its outputs are logits. */
  readonly artifact: ModelArtifact;
  readonly head: Head;
}

/**
 * Dense(10, softmax) becomes Dense(10, linear); a closing `Activation('softmax')` or `Softmax` layer becomes `Activation('linear')`.
 * A network that ends in anything else is left as it is.
 */
export function trainingView(artifact: ModelArtifact): TrainingView {
  const last = outputLayer(artifact.topology);
  const activation = last === undefined ? undefined : activationOf(last);
  if (last === undefined || (activation !== 'softmax' && activation !== 'sigmoid')) return { artifact, head: 'scores' };
  const bare: LayerConfig =
    last.class_name === 'Softmax'
      ? { ...last, class_name: 'Activation', config: { name: last.config['name'] as Json, activation: 'linear' } }
      : { ...last, config: { ...last.config, activation: 'linear', ...regularizedAfter(last, activation) } };
  const { config } = artifact.topology;
  const layers = config.layers.map((layer) => (layer === last ? bare : layer));
  return { artifact: { ...artifact, topology: { ...artifact.topology, config: { ...config, layers } } }, head: activation };
}

/** A penalty on the answers is on what the activation made of them. */
function regularizedAfter({ config }: LayerConfig, activation: string): JsonObject {
  const given = config['activity_regularizer'];
  return isObject(given) ? { activity_regularizer: { ...given, after: activation } } : {};
}

function activationOf(layer: LayerConfig): Json | undefined {
  if (layer.class_name === 'Softmax') return 'softmax';
  const activation = layer.config['activation'];
  return isObject(activation) ? activation['class_name'] : activation;
}

/** The one layer that makes the output; undefined where there are several, or where it is used more than once. */
function outputLayer({ class_name, config }: Topology): LayerConfig | undefined {
  if (class_name === 'Sequential') return config.layers.at(-1);
  const outputs = config.output_layers;
  if (!Array.isArray(outputs)) return undefined;
  // [name, call, tensor] or [[name, call, tensor]]
  const names =
    typeof outputs[0] === 'string' ? [outputs[0]] : outputs.map((output: Json) => (Array.isArray(output) ? output[0] : undefined));
  const layer = config.layers.find(({ config: { name } }) => name === names[0]);
  return names.length === 1 && (layer?.inbound_nodes?.length ?? 0) <= 1 ? layer : undefined;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
