// Espalier's side of `masks`: the k smallest magnitudes of all tensors together, 2 of every 4, or the smallest 4 × 4 blocks of all.
import { readFileSync } from 'node:fs';
import { Recipe } from '#contract/recipe.ts';
import type { JsonObject, ModelArtifact } from '#network/model-artifact.ts';
import { selectSmallest } from '#pruning/select-smallest.ts';
import { selectWeightMasks } from '#pruning/weight-masks.ts';
import { answerRounds } from './answer-rounds.ts';
import { extraMemory } from './extra-memory.ts';
import type { MaskTask } from './masks.ts';

const { weights: path, shapes, sparsity, way } = JSON.parse(process.argv[2]!) as MaskTask;
const file = readFileSync(path);
const values = new Float32Array(file.buffer, file.byteOffset, file.byteLength / 4);
let at = 0;
const tensors = shapes.map((shape) => {
  const size = shape.reduce((product, length) => product * length, 1);
  return values.slice(at, (at += size));
});
const network = unconnected();
const masksBy: Record<MaskTask['way'], () => Iterable<Uint8Array>> = {
  weight: () => selectSmallest(tensors, Math.round(sparsity * values.length)),
  'n:m': () => selectWeightMasks(network, Recipe.parse({ granularity: 'n:m', nm: '2:4', sparsity }), sparsity).values(),
  block: () => selectWeightMasks(network, Recipe.parse({ granularity: 'block', block: '4x4', sparsity }), sparsity).values(),
};

/** A layer for each tensor, each with an input of its own: masks know no connections. */
function unconnected(): ModelArtifact {
  const layers = shapes.flatMap((shape, index) => {
    const [filters, inputs, ...window] = [...shape].reverse();
    const input = `input_${index}`;
    const config: JsonObject = { name: `layer_${index}`, use_bias: false };
    const kernel: JsonObject = window.length === 0 ? { units: filters! } : { filters: filters!, kernel_size: [...window].reverse() };
    const sizes = [null, ...window.map(() => null), inputs!];
    return [
      { class_name: 'InputLayer', name: input, config: { name: input, batch_input_shape: sizes }, inbound_nodes: [] },
      {
        class_name: window.length === 0 ? 'Dense' : 'Conv2D',
        name: `layer_${index}`,
        config: { ...config, ...kernel },
        inbound_nodes: [[[input, 0, 0, {}]]],
      },
    ];
  });
  const ends = (prefix: string) => shapes.map((_, index) => [`${prefix}_${index}`, 0, 0]);
  return {
    topology: { class_name: 'Functional', config: { name: 'all', layers, input_layers: ends('input'), output_layers: ends('layer') } },
    weights: tensors.map((data, index) => ({ name: `layer_${index}/kernel`, dtype: 'float32', shape: shapes[index]!, data })),
    metadata: {},
  };
}

function select() {
  const { result, seconds, extra } = extraMemory(() => [...masksBy[way]()]);
  return { seconds, extra, removed: result.reduce((sum, mask) => sum + mask.reduce((zeros, keep) => zeros + 1 - keep, 0), 0) };
}

// Once for the compiler; the first selection of a process takes longer.
const first = select();
await answerRounds({ first }, () => Promise.resolve(select()));
