// Puts what a removed channel would still have sent, sigmoid's 0.5 say, into the bias of the layer that consumed it.
import { axisFromFront, type DependencyGroup } from '#network/channel-groups.ts';
import { withLayerConfigs } from '#network/edit-artifact.ts';
import { layerOf } from '#network/layer-weights.ts';
import type { ModelArtifact, NamedTensor } from '#network/model-artifact.ts';
import { removedFlags, tensorOf, type Removal, type TensorsByLayer } from './channel-cuts.ts';
import { runsAlong } from './tensor-axes.ts';

/**
 * Consumers with a constant input c from removed channels get bias + Σ c · their kernel rows, which is exact for dense layers and
 * convolutions without padding — others' groups are not prunable in the first place. Returns new biases by name; a layer
 * without one gets one.
 */
export function foldedBiases(groups: readonly DependencyGroup[], removal: Removal, tensors: TensorsByLayer): Map<string, NamedTensor> {
  const added = new Map<NamedTensor, Float64Array>();
  for (const { group, slices } of groups) {
    const gone = removedFlags(group.channels, removal.get(group.id) ?? []);
    if (gone === null) continue;
    for (const slice of slices) {
      const { constants } = slice;
      const kernel = constants === null ? undefined : tensorOf(slice, tensors);
      if (constants === null || kernel === undefined) continue;
      const sums = added.get(kernel) ?? new Float64Array(kernel.shape.at(-1) ?? 1);
      added.set(kernel, sums);
      slice.positions.forEach((row, at) => {
        const constant = constants[row] ?? 0;
        if (gone[slice.channels[at]!] === 1 && constant !== 0)
          addRow(sums, kernel, axisFromFront(slice.axis, kernel.shape.length), row, constant);
      });
    }
  }
  return new Map(
    [...added]
      .filter(([, sums]) => sums.some((sum) => sum !== 0))
      .map(([kernel, sums]) => {
        const name = `${kernel.name.slice(0, -'kernel'.length)}bias`;
        const bias = [...tensors.values()].flat().find((tensor) => tensor.name === name)?.data;
        return [
          name,
          { name, dtype: 'float32', shape: [sums.length], data: Float32Array.from(sums, (more, unit) => (bias?.[unit] ?? 0) + more) },
        ];
      }),
  );
}

/** Over all taps of the window, each by its weight: 1 where all positions see the constant through it. */
export function addRow(
  sums: Float64Array,
  { shape, data }: NamedTensor,
  axis: number,
  row: number,
  constant: number,
  taps?: Float64Array,
): void {
  const { outer, length, inner } = runsAlong(shape, axis);
  for (let block = 0; block < outer; block++) {
    const start = (block * length + row) * inner;
    const share = constant * (taps?.[block] ?? 1);
    for (let unit = 0; unit < inner; unit++) sums[unit]! += share * data[start + unit]!;
  }
}

/** With other biases; one that its layer didn't have stands right behind the layer's kernel, and its configuration says so. */
export function withBiases(artifact: ModelArtifact, biases: ReadonlyMap<string, NamedTensor>): ModelArtifact {
  const old = new Set(artifact.weights.map(({ name }) => name));
  const added = new Map([...biases].filter(([name]) => !old.has(name)));
  const weights = artifact.weights.flatMap((tensor) => {
    const behind = tensor.name.endsWith('/kernel') ? added.get(`${tensor.name.slice(0, -'kernel'.length)}bias`) : undefined;
    return [biases.get(tensor.name) ?? tensor, ...(behind === undefined ? [] : [behind])];
  });
  const configs = new Map([...added.keys()].map((name) => [layerOf(name), { use_bias: true }]));
  return added.size === 0 ? { ...artifact, weights } : withLayerConfigs({ ...artifact, weights }, configs);
}
