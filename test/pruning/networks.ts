// Small networks with all kinds of neighbours of a pruned layer, and numbers in every weight.
import { nameOf } from '#network/config-values.ts';
import { initialise } from '#network/initialise.ts';
import { withWeights } from '#network/edit-artifact.ts';
import type { JsonObject, LayerConfig, ModelArtifact, Topology } from '#network/model-artifact.ts';
import { createRandom } from '#network/random.ts';

export function layer(type: string, name: string, config: JsonObject = {}): LayerConfig {
  return { class_name: type, config: { name, dtype: 'float32', trainable: true, ...config } };
}

export function sequential(input: readonly number[], layers: readonly LayerConfig[], seed = 1): ModelArtifact {
  const [first, ...rest] = layers;
  const begun = first === undefined ? [] : [{ ...first, config: { ...first.config, batch_input_shape: [null, ...input] } }];
  return shaken({ class_name: 'Sequential', config: { name: 'net', layers: [...begun, ...rest] } }, seed);
}

/** Layers in order with the names of those that feed them. */
export function functional(input: readonly number[], layers: readonly (readonly [LayerConfig, ...string[]])[], seed = 1): ModelArtifact {
  const begin = {
    ...layer('InputLayer', 'input', { batch_input_shape: [null, ...input], sparse: false }),
    name: 'input',
    inbound_nodes: [],
  };
  const rest = layers.map(([config, ...from]) => ({
    ...config,
    name: nameOf(config.config),
    inbound_nodes: [from.map((name) => [name, 0, 0, {}])],
  }));
  const last = layers.at(-1)?.[0].config['name'];
  return shaken(
    {
      class_name: 'Functional',
      config: {
        name: 'net',
        layers: [begin, ...rest],
        input_layers: [['input', 0, 0]],
        output_layers: [[typeof last === 'string' ? last : '', 0, 0]],
      },
    },
    seed,
  );
}

/** Every weight is a random number, so that biases, means and shifts count too; variances lie from 0.5 to 1.5. */
export function shaken(topology: Topology, seed: number): ModelArtifact {
  const artifact = initialise(topology, seed);
  return withWeights(
    artifact,
    new Map(
      artifact.weights.map(({ name, data }, at) => {
        const random = createRandom(seed, 1000 + at);
        return [name, Float32Array.from(data, () => (name.endsWith('variance') ? random.uniform(0.5, 1.5) : random.uniform(-0.5, 0.5)))];
      }),
    ),
  );
}

export function randomInputs(shape: readonly number[], seed: number): Float32Array {
  const random = createRandom(seed, 77);
  return Float32Array.from({ length: shape.reduce((all, size) => all * size, 1) }, () => random.normal());
}
