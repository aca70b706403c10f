// Fresh weights for a topology: Glorot-uniform kernels, zero biases, as Keras starts.
import { StudioError } from '#contract/errors.ts';
import { readGraph } from './graph.ts';
import { elementCount } from './layer-weights.ts';
import { layerKind } from './layers/layer-table.ts';
import type { WeightSpec } from './layers/layer-kind.ts';
import type { ModelArtifact, NamedTensor, Topology } from './model-artifact.ts';
import { createRandom } from './random.ts';
import { inferShapes } from './tensor-shapes.ts';

/** The same seed gives the same numbers; tensors draw from streams of their own, so that adding a layer doesn't change those before it. */
export function initialise(topology: Topology, seed: number): ModelArtifact {
  const { graph, shapes, unsupported } = inferShapes(readGraph(topology));
  const stranger = unsupported[0];
  if (stranger !== undefined)
    throw new StudioError('unsupported', `It can't be given fresh weights: ${stranger.why}.`, { where: `layer "${stranger.layer}"` });
  const weights: NamedTensor[] = [];
  for (const node of graph.nodes) {
    const inputs = (shapes.get(node.id)?.inputs ?? []).filter((shape) => shape !== null);
    for (const spec of layerKind(node.type)?.weights?.(node.config, inputs) ?? []) {
      const name = `${node.layer}/${spec.name}`;
      if (!weights.some((tensor) => tensor.name === name)) {
        weights.push({ name, dtype: 'float32', shape: spec.shape, data: fresh(spec, seed, weights.length) });
      }
    }
  }
  return { topology, weights, metadata: {} };
}

/** The same network with fresh weights. @throws StudioError `unsupported` where a layer is met that can't be given any */
export function redrawn({ topology, metadata }: ModelArtifact, seed: number): ModelArtifact {
  return { ...initialise(topology, seed), metadata };
}

function fresh({ shape, start }: WeightSpec, seed: number, stream: number): Float32Array {
  const data = new Float32Array(elementCount(shape));
  if (start === 'ones') return data.fill(1);
  if (start === 'zeros') return data;
  const random = createRandom(seed, stream);
  const limit = glorotLimit(shape);
  for (let index = 0; index < data.length; index++) data[index] = random.uniform(-limit, limit);
  return data;
}

/** √(6 / (fan in + fan out)), where a window's area counts to both (Glorot and Bengio, AISTATS 2010). */
export function glorotLimit(shape: readonly number[]): number {
  const window = elementCount(shape.slice(0, -2));
  return Math.sqrt(6 / (window * ((shape.at(-2) ?? 1) + (shape.at(-1) ?? 1))));
}
