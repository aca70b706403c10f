// Attention in one head or several (Vaswani et al. 2017), and what it takes for each position to look at every other.
import { countOf, flagOf, isList, type TensorShape } from '../config-values.ts';
import type { JsonObject } from '../model-artifact.ts';
import { lastAxis, onlyShape, type LayerKind } from './layer-kind.ts';

const why = 'each position looks at all channels of every other';

/** Query, value and, if given, key; softmax(q kᵀ) v. */
export function attention(additive: boolean): LayerKind {
  return {
    outputShape: (_config, inputs) => [...onlyShape(inputs).slice(0, -1), (inputs[1] ?? []).at(-1) ?? null],
    macs: (_config, inputs) => pairs(inputs) * (lastAxis(onlyShape(inputs)) + lastAxis(inputs[1] ?? [])),
    weights: (config, inputs) =>
      flagOf(config, 'use_scale', additive)
        ? [{ name: 'scale', shape: additive ? [lastAxis(onlyShape(inputs))] : [], start: 'ones' } as const]
        : [],
    channels: { role: 'stop', why },
  };
}

export const multiHeadAttention: LayerKind = {
  outputShape: (config, inputs) => [...onlyShape(inputs).slice(0, -1), outputs(config, inputs)],
  macs(config, inputs) {
    const { heads, keyDim, valueDim } = sizesOf(config);
    const [query = [], value = query, key = value] = inputs;
    const [asking, asked] = [steps(query), steps(value)];
    const projected = asking * lastAxis(query) * keyDim + asked * (lastAxis(key) * keyDim + lastAxis(value) * valueDim);
    return heads * (projected + pairs([query, value]) * (keyDim + valueDim) + asking * valueDim * outputs(config, inputs));
  },
  weights(config, inputs) {
    const { heads, keyDim, valueDim } = sizesOf(config);
    const [query = [], value = query, key = value] = inputs;
    const bias = flagOf(config, 'use_bias', true);
    const projection = (name: string, kernel: readonly number[], shift: readonly number[]) => [
      { name: `${name}/kernel`, shape: kernel, start: 'glorot-uniform' } as const,
      ...(bias ? [{ name: `${name}/bias`, shape: shift, start: 'zeros' } as const] : []),
    ];
    return [
      ...projection('query', [lastAxis(query), heads, keyDim], [heads, keyDim]),
      ...projection('key', [lastAxis(key), heads, keyDim], [heads, keyDim]),
      ...projection('value', [lastAxis(value), heads, valueDim], [heads, valueDim]),
      ...projection('attention_output', [heads, valueDim, outputs(config, inputs)], [outputs(config, inputs)]),
    ];
  },
  kernels: ['query/kernel', 'key/kernel', 'value/kernel', 'attention_output/kernel'],
  channels: { role: 'stop', why },
};

function sizesOf(config: JsonObject): { heads: number; keyDim: number; valueDim: number } {
  const keyDim = countOf(config, 'key_dim');
  return { heads: countOf(config, 'num_heads'), keyDim, valueDim: countOf(config, 'value_dim', keyDim) };
}

function outputs(config: JsonObject, inputs: readonly TensorShape[]): number {
  const stated = config['output_shape'];
  const only = isList(stated) ? stated[0] : stated;
  return typeof only === 'number' ? only : lastAxis(onlyShape(inputs));
}

function steps(shape: TensorShape): number {
  return shape[1] ?? 1;
}

function pairs(inputs: readonly TensorShape[]): number {
  return steps(onlyShape(inputs)) * steps(inputs[1] ?? onlyShape(inputs));
}
